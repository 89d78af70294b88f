import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A process is started, and further commands run whole in this one; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const igpo = 'reward: { use: information-gain, with: { metric: exact-match } }\nadvantage: { use: igpo }\n';
const files = {
  'run.yaml': smallConfiguration.replace('groupSize: 2', 'groupSize: 4').replace('steps: 1', 'steps: 2') + igpo,
  'corpus.jsonl': corpusRows,
  'questions.jsonl': questionRows,
};

describe('reward information-gain with advantage igpo', () => {
  it('trains with the policy as its judge, and says so where there is none', async () => {
    const folder = await folderWith(files);
    const trained = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'runs/one', '--json'], folder);
    expect(trained.stderr).not.toMatch(/error/i);
    expect(trained.code).toBe(0);
    const recorded = join(folder, 'runs/one/trajectories/step-000001.jsonl');
    const groups = (await readFile(recorded, 'utf8')).trim().split('\n');
    const shaped = groups.flatMap(
      (line) => (JSON.parse(line) as { shaped: { turns: number[]; reasons: string[] }[] }).shaped,
    );
    const searched = shaped.filter(({ turns }) => turns.length > 1);
    expect(searched.length).toBeGreaterThan(0);
    for (const { turns, reasons } of searched) {
      const [, gain, before, after] = /^(\S+): gold log-probability (\S+) -> (\S+)$/.exec(reasons[0] ?? '') ?? [];
      expect(Number(after) - Number(before)).toBeCloseTo(Number(gain), 2);
      expect(turns[0]).toBeCloseTo(Number(gain), 3);
    }
    const replayed = await turnwiseHere(['replay', recorded, '-c', 'run.yaml'], folder);
    expect(replayed).toMatchObject({ code: 2, stdout: '' });
    expect(replayed.stderr).toContain('reward information-gain asks the policy for log-probabilities');

    const scripted = await turnwiseHere(['train', '-c', 'run.yaml', '--set', 'policy={"use":"scripted"}'], folder);
    expect(scripted.code).toBe(2);
    expect(scripted.stderr).toContain('requires policy.scores, which the policy "scripted" does not provide');
  });
});
