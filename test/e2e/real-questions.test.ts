import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { folderWith, root, turnwise } from './command-line.js';

/** Real questions and passages, where there are any: HotpotQA and 2WikiMultihopQA with their paragraphs. */
const data = process.env['TURNWISE_DATA'] ?? join(root, '../shared/data');
const present = existsSync(join(data, 'hotpotqa.jsonl'));
if (!present) process.stderr.write(`skipped: no real questions at ${data}; set TURNWISE_DATA\n`);

/** Each test starts several processes; on a busy machine that takes a while. */
jest.setTimeout(300_000);

describe('real questions with the scripted policy', () => {
  (present ? it : it.skip).each(['hotpotqa', '2wikimultihopqa'])('evaluates, searches and replays %s', async (name) => {
    const folder = await folderWith({
      'run.yaml': `data: { eval: { file: ${join(data, `${name}.jsonl`)}, split: dev } }
corpus: { file: ${join(data, 'corpus.jsonl')} }
policy: { use: scripted }
`,
    });
    const groups = join(folder, 'groups.jsonl');
    const evaluated = await turnwise(['eval', '-c', 'run.yaml', '--json', '--save-groups', groups], folder);
    expect(evaluated.code).toBe(0);
    const report = JSON.parse(evaluated.stdout) as Record<string, number>;
    expect(report['n']).toBe(120);
    // A search agent without a model: far from nothing, far from good.
    expect(report['goldRetrieved']).toBeGreaterThan(0.4);
    expect(report['exactMatch']).toBeGreaterThan(0.02);
    expect(report['f1']).toBeGreaterThan(report['exactMatch'] as number);
    expect(report['turnsMean']).toBeGreaterThan(1);

    const searched = await turnwise(
      ['search', '-c', 'run.yaml', 'Colin McRae: born?', '--top-k', '2', '--json'],
      folder,
    );
    expect(searched.code).toBe(0);
    const outcome = JSON.parse(searched.stdout) as { status: string; hits: { title: string }[] };
    expect(outcome.hits).toHaveLength(2);
    expect(outcome.hits[0]?.title).toBe('Colin McRae');

    expect((await readFile(groups, 'utf8')).trim().split('\n')).toHaveLength(120);
    for (const strategy of ['tspo', 'grpo', 'outcome-only']) {
      const replayed = await turnwise(['replay', groups, '--strategy', strategy, '--json'], folder);
      expect(replayed.code).toBe(0);
      expect(replayed.stdout.trim().split('\n')).toHaveLength(120);
    }
  });
});
