import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from './write-file-atomically.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'turnwise-write-'))));
afterEach(() => rm(folder, { recursive: true }));

test('parts are written one after the other in place of what was there', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'something far longer than what comes');
  await writeFileAtomically(path, ['one, ', Buffer.from('two'), '']);
  expect(await readFile(path, 'utf8')).toBe('one, two');
  expect(await readdir(folder)).toEqual(['file']);
});

test('two at once do not meet: the file is one of them', async () => {
  const path = join(folder, 'file');
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(1000));
  await Promise.all(texts.map((text) => writeFileAtomically(path, [text])));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['file']);
});

test('where the file cannot be put, the error comes out and nothing is left behind', async () => {
  await mkdir(join(folder, 'taken', 'full'), { recursive: true });
  await expect(writeFileAtomically(join(folder, 'taken'), ['text'])).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  await expect(writeFileAtomically(join(folder, 'missing', 'file'), ['text'])).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual(['taken']);
});
