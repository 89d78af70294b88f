import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeDiceFolder } from '../dice-folder.fixture.js';
import { lines, runInProcess, type Outcome } from '../in-process.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-eval-'));
const at = (name: string): string => join(folder, name);

const turnwise = (words: string[]): Promise<Outcome> => runInProcess(words, { folder });

beforeAll(async () => {
  writeDiceFolder(folder);
  const trained = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one']);
  expect(trained.code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('eval, replay and search', () => {
  it('evaluates a checkpoint and records groups that can be replayed with any strategy', async () => {
    const words = [
      'eval',
      '-c',
      'run.yaml',
      '--checkpoint',
      'one/checkpoints/step-000003',
      '--save-groups',
      'g.jsonl',
      '--report',
      'report.json',
      '--json',
    ];
    const evaluated = await turnwise(words);
    expect(evaluated.code).toBe(0);
    expect(lines(evaluated.out)).toMatchObject([{ n: 4, goldRetrieved: 1, turnsMean: 2, unanswered: 0, failures: 0 }]);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    const report = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject(lines(evaluated.out)[0] as object);
    expect(report).toMatchObject({
      version: 1,
      intervals: { confidence: 0.95, overall: { goldRetrieved: { low: 1, high: 1 } } },
      conditions: {
        corpus: { count: 2, sha256: hash },
        questions: { count: 4, sha256: hash },
        retriever: { id: 'lunr', source: '@turnwise/search-lunr', options: { topK: 2 }, layer: expect.anything() },
        k: 2,
        prompt: { id: 'search-r1', sha256: hash, text: expect.stringContaining('Question: {question}?') },
        metricVersion: 'hotpot-em-f1-cover/2',
        policy: { checkpoint: { folder: at('one/checkpoints/step-000003'), sha256: hash } },
        seed: 3,
        decoding: { temperature: 1, groupSize: 1, maxTurns: 2 },
      },
    });
    expect(report['scores']).toHaveLength(4);
    const text = await turnwise(['eval', '-c', 'run.yaml', '--set', 'protocol.with.instructions=Ask']);
    expect(text.out).toMatch(/gold retrieved +100\.0% {2}\[100\.0, 100\.0\]/);
    expect(text.out).toMatch(/prompt +search-r1 0\.1\.0 sha256 [0-9a-f]{12}\n/);
    const { prompt } = report['conditions'] as { prompt: { sha256: string } };
    expect(text.out).not.toContain(prompt.sha256.slice(0, 12));
    for (const strategy of ['tspo', 'tspo-literal', 'tspo-careful', 'tspo-dense', 'grpo', 'outcome-only']) {
      const replayed = await turnwise(['replay', 'g.jsonl', '--strategy', strategy, '--json']);
      expect(replayed).toMatchObject({ code: 0, error: '' });
      const groups = lines(replayed.out);
      expect(groups).toHaveLength(4);
      expect(groups[0]).toMatchObject({ question: { id: 'q1' }, shaped: [{ correct: expect.any(Boolean) }] });
      expect(groups[0]).toHaveProperty('advantages.turns');
    }
  });

  it('changes a part of a strategy', async () => {
    const shapedWith = async (...more: string[]): Promise<string> =>
      JSON.stringify(
        lines(
          (await turnwise(['replay', 'one/trajectories/step-000001.jsonl', '--strategy', 'tspo', '--json', ...more]))
            .out,
        ).map(({ shaped }) => shaped),
      );
    expect(await shapedWith('--set', 'reward.with.alpha=0.25')).toBe((await shapedWith()).replaceAll('0.5', '0.25'));
  });

  it('prints nothing of a replay when any line is malformed', async () => {
    writeFileSync(
      at('bad.jsonl'),
      `${readFileSync(at('g.jsonl'), 'utf8').split('\n')[0]}\n{"question":{"id":"q","text":"?","answers":["a"]}}\n`,
    );
    const { code, out, error } = await turnwise(['replay', 'bad.jsonl', '--strategy', 'grpo', '--json']);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/DATA_INVALID: .*bad\.jsonl:2: trajectories/);
  });

  it('searches', async () => {
    const { code, out } = await turnwise(['search', '-c', 'run.yaml', 'blue sky', '--top-k', '1', '--json']);
    expect(code).toBe(0);
    expect(lines(out)).toMatchObject([
      { query: 'blue sky', topK: 1, status: 'ok', hits: [{ id: 'p1', title: 'Sky' }] },
    ]);
    expect((await turnwise(['search', '-c', 'run.yaml', 'zzz'])).out).toBe('nothing found\n');
  });
});
