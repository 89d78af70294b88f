import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readCorpus } from './read-corpus.js';
import { readQuestions } from './read-questions.js';

const data = process.env['TURNWISE_DATA'] ?? '../shared/data';
const present = existsSync(join(data, 'corpus.jsonl'));
const reason = present ? '' : ` (skipped: no ${join(data, 'corpus.jsonl')}; set TURNWISE_DATA)`;

(present ? describe : describe.skip)(`real questions and passages${reason}`, () => {
  it('reads every passage and every question, and every gold passage exists', async () => {
    const ids = new Set((await readCorpus(join(data, 'corpus.jsonl'))).map(({ id }) => id));
    expect(ids.size).toBe(9091);
    for (const file of ['hotpotqa.jsonl', '2wikimultihopqa.jsonl']) {
      const questions = await readQuestions(join(data, file));
      expect(questions).toHaveLength(300);
      expect(questions.flatMap(({ supportingIds }) => supportingIds ?? []).filter((id) => !ids.has(id))).toEqual([]);
      expect(await readQuestions(join(data, file), { split: 'dev' })).toHaveLength(120);
    }
  });

  it('reads the same passages from the contents shape', async () => {
    const plain = await readCorpus(join(data, 'corpus.jsonl'));
    const contents = await readCorpus(join(data, 'corpus.sample-contents.jsonl'));
    expect(contents).toEqual(plain.slice(0, contents.length));
  });
});
