import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyLines, keepLines, wholeLines } from './whole-lines.js';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-lines-'));
  file = join(folder, 'lines.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of wholeLines(path)) lines.push(line);
  return lines;
}

describe('whole lines', () => {
  // Longer than the pieces a file is read in, so that lines lie across them.
  const long = Array.from({ length: 5000 }, (_, index) => `${index} ${'ä'.repeat(index % 300)}`);

  it('are those of the file but for one that was cut off', async () => {
    writeFileSync(file, `${long.join('\n')}\ncut`);
    expect(await linesOf(file)).toEqual(long);
    writeFileSync(file, '');
    expect(await linesOf(file)).toEqual([]);
  });

  it('stay as they are when another file cannot take them', async () => {
    writeFileSync(file, 'one\ntwo\n');
    const failing = (line: string): boolean => {
      if (line === 'two') throw new Error('no line');
      return true;
    };
    await expect(keepLines(file, failing)).rejects.toThrow('no line');
    expect(readdirSync(folder)).toEqual(['lines.jsonl']);
    expect(await linesOf(file)).toEqual(['one', 'two']);
  });

  it('are copied and kept by choice; a file of which none stays goes', async () => {
    writeFileSync(file, `${long.join('\n')}\ncut`);
    const odd = long.filter((_, index) => index % 2 === 1);
    const isOdd = (line: string): boolean => Number.parseInt(line) % 2 === 1;
    expect(await copyLines(file, join(folder, 'odd'), isOdd)).toBe(odd.length);
    expect(await linesOf(join(folder, 'odd'))).toEqual(odd);
    await keepLines(file, (line) => !isOdd(line));
    expect(await linesOf(file)).toEqual(long.filter((_, index) => index % 2 === 0));
    await keepLines(file, () => false);
    await expect(linesOf(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
