import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GrowingFile } from './growing-file.js';
import { MetricsTail } from './metrics-tail.js';
import { copyLines, keepLines, wholeLines } from './whole-lines.js';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-tail-'));
  file = join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of wholeLines(path)) lines.push(line);
  return lines;
}

describe('MetricsTail', () => {
  it('gives each row once, waits for a line to be whole, and begins again when the file became shorter', async () => {
    const tail = new MetricsTail(folder);
    expect(await tail.next()).toEqual([]);
    writeFileSync(file, '{"step":0}\n{"step":1}\n{"st');
    expect(await tail.next()).toEqual([{ step: 0 }, { step: 1 }]);
    expect(await tail.next()).toEqual([]);
    appendFileSync(file, 'ep":2,"ü":1}\nno row\nnull\n[]\n{"step":3}\n');
    expect(await tail.next()).toEqual([{ step: 2, ü: 1 }, { step: 3 }]);
    writeFileSync(file, '{"step":0}\n');
    expect(await tail.next()).toEqual([{ step: 0 }]);
  });

  it('begins again when another file was put in its place, also a longer one', async () => {
    const tail = new MetricsTail(folder);
    writeFileSync(file, '{"step":0}\n{"step":1}\n');
    expect(await tail.next()).toHaveLength(2);
    writeFileSync(join(folder, 'new'), '{"step":0}\n{"step":10}\n{"step":11}\n');
    renameSync(join(folder, 'new'), file);
    expect(await tail.next()).toEqual([{ step: 0 }, { step: 10 }, { step: 11 }]);
  });

  it('counts bytes that are no text as what they are', async () => {
    const tail = new MetricsTail(folder);
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xff, 0x0a]), Buffer.from('{"step":0}\n')]));
    expect(await tail.next()).toEqual([{ step: 0 }]);
    appendFileSync(file, '{"step":1}\n');
    expect(await tail.next()).toEqual([{ step: 1 }]);
  });
});

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
    expect(readdirSync(folder)).toEqual(['metrics.jsonl']);
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
