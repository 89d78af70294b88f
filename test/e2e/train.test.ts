import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

const configuration = smallConfiguration
  .replace('steps: 1, evalEvery: 0, checkpointEvery: 0', 'steps: 3, evalEvery: 2, checkpointEvery: 2')
  .replace('groupSize: 2', 'groupSize: 4');
const files = { 'run.yaml': configuration, 'corpus.jsonl': corpusRows, 'questions.jsonl': questionRows };

/** The lines of metrics.jsonl without the keys that measure time. */
async function metrics(runFolder: string): Promise<string[]> {
  const lines = (await readFile(join(runFolder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) =>
    JSON.stringify(
      Object.fromEntries(Object.entries(JSON.parse(line) as object).filter(([key]) => !key.endsWith('/seconds'))),
    ),
  );
}

/** The first test starts several processes; on a busy machine that takes a while. */
jest.setTimeout(300_000);

describe('turnwise train', () => {
  it('leaves a whole run folder, the same again from the same configuration, its groups can be replayed, and it stays as it is', async () => {
    const folder = await folderWith(files);
    const [first, second, spread] = await Promise.all(
      ['one', 'two', 'workers'].map((name) =>
        turnwise(
          [
            ...['train', '-c', 'run.yaml', '--run-dir', join(folder, name), '--json'],
            ...(name === 'workers' ? ['--set', 'policy.with.workers=2'] : []),
          ],
          folder,
        ),
      ),
    );
    expect(spread).toMatchObject({ code: 0 });
    expect(first?.stderr).not.toMatch(/error/i);
    expect(first?.code).toBe(0);
    expect(second?.code).toBe(0);
    const summary = JSON.parse(first?.stdout ?? '') as Record<string, unknown>;
    const scores = { exactMatch: expect.any(Number), unanswered: expect.any(Number) };
    expect(summary).toMatchObject({ steps: 3, before: scores, after: scores });

    const one = join(folder, 'one');
    const lines = await metrics(one);
    expect(lines).toHaveLength(4);
    expect(await metrics(join(folder, 'two'))).toEqual(lines);
    const weights = (name: string): Promise<Buffer> =>
      readFile(join(folder, name, 'checkpoints/step-000003/model.safetensors'));
    expect(await weights('two')).toEqual(await weights('one'));
    // Two worker threads change no number and no bit.
    expect(await metrics(join(folder, 'workers'))).toEqual(lines);
    expect(await weights('workers')).toEqual(await weights('one'));

    expect((await readdir(join(one, 'trajectories'))).sort()).toEqual(
      [1, 2, 3].map((step) => `step-00000${step}.jsonl`),
    );
    expect((await readdir(join(one, 'checkpoints'))).sort()).toEqual(['step-000002', 'step-000003']);
    const manifest = JSON.parse(await readFile(join(one, 'manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(JSON.stringify(manifest)).toContain('@turnwise/search-lunr');

    const recorded = join(one, 'trajectories/step-000001.jsonl');
    for (const strategy of ['tspo', 'tspo-literal', 'grpo', 'outcome-only']) {
      const replayed = await turnwiseHere(['replay', recorded, '--strategy', strategy, '--json'], folder);
      expect(replayed.code).toBe(0);
      const groups = replayed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, object>);
      expect(groups.map((group) => group['question'])).toHaveLength(2);
      for (const group of groups) {
        expect(group['shaped']).toHaveLength(4);
        expect(group['advantages']).toMatchObject({
          composition: expect.stringMatching(/all-wrong|mixed|all-correct/) as unknown,
        });
      }
      // Replaying under the strategy of the run gives what the run recorded.
      if (strategy === 'tspo') {
        const before = (await readFile(recorded, 'utf8'))
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as (typeof groups)[number]);
        expect(groups.map((group) => group['advantages'])).toEqual(before.map((group) => group['advantages']));
      }
    }

    const again = await turnwise(['train', '-c', 'run.yaml', '--run-dir', one], folder);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('RUN_EXISTS');
    expect(await metrics(one)).toEqual(lines);
  });

  it.each(['grpo', 'outcome-only', 'tspo-literal', 'tspo-careful', 'tspo-dense'])(
    'trains with --set strategy=%s',
    async (strategy) => {
      const folder = await folderWith({ ...files, 'run.yaml': smallConfiguration });
      const words = ['train', '-c', 'run.yaml', '--set', `strategy=${strategy}`, '--run-dir', 'run', '--json'];
      const { code, stdout } = await turnwiseHere(words, folder);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ steps: 1 });
    },
  );
});
