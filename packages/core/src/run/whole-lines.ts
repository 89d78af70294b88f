import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { writing } from './durable-files.js';

const newline = 0x0a;
const bufferedCharacters = 1 << 20;

/**
 * Lines of a file that end in a newline, one at a time: files that grow with a run become longer than a text may be. A
 * last one that a crash cut off is left out. Throws what the file system says, also when there is no such file.
 */
export async function* wholeLines(file: string): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, end);
      yield (pending.length === 0 ? piece : Buffer.concat([...pending, piece])).toString('utf8');
      pending = [];
      from = end + 1;
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
  }
}

/**
 * Copies the whole lines of a file that are to stay into another, to the disk.
 *
 * @returns how many there are
 */
export async function copyLines(from: string, to: string, stays: (line: string) => boolean): Promise<number> {
  const file = await open(to, 'w');
  let count = 0;
  let text = '';
  try {
    for await (const line of wholeLines(from)) {
      if (!stays(line)) continue;
      count++;
      text += `${line}\n`;
      if (text.length < bufferedCharacters) continue;
      await file.writeFile(text);
      text = '';
    }
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return count;
}

/** Keeps some lines of a file, whole or not at all; a file of which none stays is removed. */
export async function keepLines(file: string, stays: (line: string) => boolean): Promise<void> {
  const temporary = `${file}.partial`;
  await writing(file, async () => {
    try {
      if ((await copyLines(file, temporary, stays)) > 0) await rename(temporary, file);
      else await Promise.all([file, temporary].map((path) => rm(path, { force: true })));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}
