import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { StubMlflow } from '../../plugins/tracker-mlflow/src/testing/stub-mlflow.js';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';

/** Each test starts several processes; on a busy machine that takes a while. */
jest.setTimeout(300_000);

describe('train with the mlflow tracker', () => {
  it('trains although the server is dead, and sends the metrics to one run when it goes on', async () => {
    await using stub = await StubMlflow.start();
    stub.mood = 'refusing-connections';
    const folder = await folderWith({
      'corpus.jsonl': corpusRows,
      'questions.jsonl': questionRows,
      'run.yaml': `${smallConfiguration}trackers: [{ use: mlflow, with: { url: '${stub.url}', retries: 0, flushSeconds: 1 } }]\n`,
    });
    const first = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'run', '--json'], folder);
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('1 steps were not sent')]);
    expect(JSON.parse(first.stdout)).toMatchObject({ steps: 1 });
    expect(existsSync(join(folder, 'run/trackers/mlflow.spool.jsonl'))).toBe(true);

    stub.mood = 'well';
    const words = ['train', '--resume', '--run-dir', 'run', '--set', 'training.steps=2', '--json'];
    const second = await turnwise(words, folder);
    expect(second.code).toBe(0);
    expect(second.stderr).not.toContain('MLflow');
    const [run, ...others] = stub.runs.values();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: 'run', status: 'FINISHED', params: { 'policy.use': 'transformer', seed: '3' } });
    const steps = run?.metrics.filter(({ key }) => key === 'reward/outcome-mean').map(({ step }) => step);
    expect(steps).toEqual([1, 2]);
  });
});
