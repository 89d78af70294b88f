import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A process is started, and further commands run whole in this one; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const files = {
  'run.yaml': smallConfiguration.replace('steps: 1, evalEvery: 0, checkpointEvery: 0', 'steps: 4, checkpointEvery: 2'),
  'corpus.jsonl': corpusRows,
  'questions.jsonl': questionRows,
};

describe('rollouts that overlap with updates', () => {
  it('train, record versions and weights, and go on, also with a configuration from before the option', async () => {
    const folder = await folderWith(files);
    const asynchronous = ['--set', 'rollout.maxStaleness=2', '--set', 'objective.importanceTruncation=2'];
    const trained = await turnwise(['train', '-c', 'run.yaml', ...asynchronous, '--run-dir', 'runs/one'], folder);
    expect(trained.stderr).not.toMatch(/error/i);
    expect(trained.code).toBe(0);
    const lines = (await readFile(join(folder, 'runs/one/metrics.jsonl'), 'utf8')).trim().split('\n');
    const metrics = lines.map((line) => JSON.parse(line) as Record<string, number>).slice(1);
    expect(metrics).toHaveLength(4);
    for (const line of metrics) {
      expect(line['rollout/staleness-max']).toBeLessThanOrEqual(2);
      expect(line['update/importance-weight']).toBeGreaterThan(0);
      expect(line['update/importance-truncated']).toBeLessThanOrEqual(1);
    }
    expect(Math.max(...metrics.map((line) => line['rollout/staleness-max'] ?? 0))).toBeGreaterThan(0);
    const last = await readFile(join(folder, 'runs/one/trajectories/step-000004.jsonl'), 'utf8');
    expect(last).toMatch(/"policyVersion":[1-3]/);

    // A manifest written before these keys existed.
    const path = join(folder, 'runs/one/manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as {
      config: { rollout: Record<string, unknown>; objective: Record<string, unknown> };
    };
    const without = (section: Record<string, unknown>, ...keys: string[]): Record<string, unknown> =>
      Object.fromEntries(Object.entries(section).filter(([key]) => !keys.includes(key)));
    const { rollout, objective } = manifest.config;
    manifest.config.rollout = without(rollout, 'maxStaleness', 'groupTimeoutSeconds', 'partialGroups');
    manifest.config.objective = without(objective, 'importanceTruncation');
    await writeFile(path, JSON.stringify(manifest));
    const more = ['train', '--resume', '--run-dir', 'runs/one', '--set', 'training.steps=5'];
    const resumed = await turnwiseHere([...more, '-c', 'run.yaml'], folder);
    expect(resumed.stderr).not.toMatch(/error/i);
    expect(resumed.code).toBe(0);
    // But what was learned otherwise is not gone on with.
    const other = await turnwiseHere([...more, '-c', 'run.yaml', '--set', 'rollout.maxStaleness=1'], folder);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('rollout.maxStaleness is 1, was 0');
  });
});
