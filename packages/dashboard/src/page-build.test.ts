import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pageFolder } from './index.js';

const filesOf = async (folder: string): Promise<Record<string, string>> => {
  const names = (await readdir(folder, { recursive: true })).sort();
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
};

/** The page is committed as it is built, so that a checkout has a dashboard and reports without a build. */
test('the committed page is what its sources build to; else: npm run build:page -w @turnwise/dashboard', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'turnwise-page-'));
  try {
    const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
    const sources = fileURLToPath(new URL('../page', import.meta.url));
    const production = { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' };
    const words = [vite, 'build', sources, '--outDir', temporary, '--emptyOutDir', '--logLevel', 'warn'];
    await promisify(execFile)(process.execPath, words, { env: production });
    const [committed, built] = [await filesOf(pageFolder), await filesOf(temporary)];
    expect(Object.keys(committed)).toEqual(Object.keys(built));
    // Not the texts themselves: a difference of 100 kB on one line helps nobody.
    const stale = Object.keys(built).filter((name) => committed[name] !== built[name]);
    expect(stale).toEqual([]);
  } finally {
    await rm(temporary, { recursive: true });
  }
});
