import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GrowingFile } from './growing-file.js';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-growing-'));
  file = join(folder, 'lines.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('GrowingFile', () => {
  it('gives a line whole that is longer than what is read at a time', async () => {
    const growing = new GrowingFile(file);
    const long = ['a'.repeat(1_500_000), 'b', 'c'.repeat(900_000), ''];
    writeFileSync(file, long.map((line) => `${line}\n`).join('') + 'rest');
    const first = await growing.appended();
    let text = '';
    for await (const piece of first.pieces) {
      expect(piece.at(-1)).toBe(10);
      text += piece.toString();
    }
    expect(first.anew).toBe(true);
    expect(text).toBe(long.map((line) => `${line}\n`).join(''));
    appendFileSync(file, '!\n');
    const second = await growing.appended();
    expect(second.anew).toBe(false);
    for await (const piece of second.pieces) expect(piece.toString()).toBe('rest!\n');
    const third = await growing.appended();
    expect(third.anew).toBe(false);
    for await (const piece of third.pieces) throw new Error(piece.toString());
  });

  it('begins anew when the file is gone, and has nothing then', async () => {
    const growing = new GrowingFile(file);
    expect((await growing.appended()).anew).toBe(false);
    writeFileSync(file, 'one\n');
    for await (const piece of (await growing.appended()).pieces) expect(piece).toHaveLength(4);
    rmSync(file);
    const gone = await growing.appended();
    expect(gone.anew).toBe(true);
    for await (const piece of gone.pieces) throw new Error(piece.toString());
  });
});

describe('GrowingFile of a file that is deleted', () => {
  const read = async (pieces: AsyncIterable<Buffer>): Promise<string> => {
    let text = '';
    for await (const piece of pieces) text += piece.toString();
    return text;
  };

  it('between the look and the read has nothing, and begins anew when it is there again', async () => {
    const growing = new GrowingFile(file);
    writeFileSync(file, 'one\n');
    expect(await read((await growing.appended()).pieces)).toBe('one\n');
    appendFileSync(file, 'two\n');
    const looked = await growing.appended();
    rmSync(file);
    expect(await read(looked.pieces)).toBe('');
    expect(await growing.appended()).toMatchObject({ anew: true });
    writeFileSync(file, 'three\n');
    expect(await read((await growing.appended()).pieces)).toBe('three\n');
  });

  it('and replaced by something that cannot be opened says so', async () => {
    const growing = new GrowingFile(join(folder, 'runs/metrics.jsonl'));
    mkdirSync(join(folder, 'runs'));
    writeFileSync(join(folder, 'runs/metrics.jsonl'), 'one\n');
    const { pieces } = await growing.appended();
    rmSync(join(folder, 'runs'), { recursive: true });
    writeFileSync(join(folder, 'runs'), '');
    await expect(read(pieces)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
