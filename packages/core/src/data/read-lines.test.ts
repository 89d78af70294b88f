import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readLines } from './read-lines.js';
import { readQuestions } from './read-questions.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'rows.jsonl');

async function all(): Promise<{ number: number; length: number }[]> {
  const lines: { number: number; length: number }[] = [];
  for await (const { number, text } of readLines(file)) lines.push({ number, length: text.length });
  return lines;
}

describe('readLines', () => {
  it('reads a line of many megabytes, and none that does not end', async () => {
    writeFileSync(file, `first\n${'x'.repeat(3_000_000)}\nlast`);
    expect(await all()).toEqual([
      { number: 1, length: 5 },
      { number: 2, length: 3_000_000 },
      { number: 3, length: 4 },
    ]);
    writeFileSync(file, 'first\n');
    truncateSync(file, 140_000_000);
    await expect(all()).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: `${file}:2: the line is longer than 134217728 bytes.`,
    });
  });
});

describe('a row nested deeper than a stack reaches', () => {
  it('is named by line and field', async () => {
    writeFileSync(file, `{"id":"q1","text":"x","answers":${'['.repeat(300_000)}${']'.repeat(300_000)}}\n`);
    await expect(readQuestions(file)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(/rows\.jsonl:1: answers.*nested too deeply to show/) as unknown,
    });
  });
});
