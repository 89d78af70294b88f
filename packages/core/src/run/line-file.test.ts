import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { LineFile } from './line-file.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-line-file-'));
const path = join(folder, 'lines.jsonl');
afterEach(() => void jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes every write to a file take at most so many bytes, as a disk that fills up does. */
async function shortWrites(atMost: number): Promise<void> {
  const handle = await open(join(folder, 'any'), 'w');
  const prototype = Object.getPrototypeOf(handle) as {
    write: (...words: unknown[]) => Promise<{ bytesWritten: number }>;
  };
  await handle.close();
  const write = prototype.write;
  jest.spyOn(prototype, 'write').mockImplementation(function (this: unknown, data: unknown) {
    const bytes = Buffer.from(data as string);
    return write.call(this, bytes, 0, Math.min(atMost, bytes.length), null);
  });
}

describe('LineFile', () => {
  it('is there whole, also when the system takes only a part at a time', async () => {
    await shortWrites(7);
    await using file = await LineFile.create(path);
    const lines = Array.from({ length: 20 }, (_, line) => ({ line }));
    for (const line of lines) await file.write(line);
    expect(existsSync(path)).toBe(false);
    await file.finish();
    expect(readFileSync(path, 'utf8')).toBe(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
});
