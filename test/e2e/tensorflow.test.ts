import { describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';

/** Each test starts several processes; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const files = { 'run.yaml': smallConfiguration, 'corpus.jsonl': corpusRows, 'questions.jsonl': questionRows };

describe('policy.with.engine', () => {
  it('tfjs trains, resumes and evaluates as the embedded engine does', async () => {
    const folder = await folderWith(files);
    const tensorflow = ['--set', 'policy.with.engine=tfjs'];
    const trained = await turnwise(
      ['train', '-c', 'run.yaml', ...tensorflow, '--run-dir', 'runs/one', '--json'],
      folder,
    );
    expect(trained.code).toBe(0);
    expect(trained.stderr).toMatch(/engine: TensorFlow\.js from @tensorflow\/tfjs\S*, backend \w+/);
    expect(JSON.parse(trained.stdout)).toMatchObject({ steps: 1, before: { exactMatch: expect.any(Number) } });
    // Either engine reads what the other wrote.
    const checkpoint = join(folder, 'runs/one/checkpoints/step-000001');
    const [there, here] = await Promise.all(
      [tensorflow, []].map((more) =>
        turnwise(['eval', '-c', 'run.yaml', ...more, '--checkpoint', checkpoint, '--json'], folder),
      ),
    );
    expect(there?.code).toBe(0);
    const { exactMatch, turnsMean } = JSON.parse(here?.stdout ?? '') as Record<string, number>;
    expect(JSON.parse(there?.stdout ?? '')).toMatchObject({ exactMatch, turnsMean });
  });

  it('says how to get an engine that is absent', async () => {
    const folder = await folderWith(files);
    const result = await turnwise(['train', '-c', 'run.yaml', '--set', 'policy.with.engine=tfjs-gpu'], folder);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('The engine tfjs-gpu cannot be had: @tensorflow/tfjs-node-gpu is not installed');
    expect(result.stderr).toContain('npm install @tensorflow/tfjs-node-gpu@4.22.0');
  });
});
