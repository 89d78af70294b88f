import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('..', import.meta.url));

const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const commands = (manifest.scripts['build:wasm'] ?? '').split(' && ').map((command) => command.split(' '));
const outputOf = (words: readonly string[]): string => words[words.indexOf('--outFile') + 1] ?? '';

test('every committed module has its command', async () => {
  const modules = (await readdir(join(folder, 'wasm'))).filter((file) => file.endsWith('.wasm'));
  expect(modules.sort()).toEqual(commands.map((words) => basename(outputOf(words))).sort());
});

test.each(commands.map((words) => [outputOf(words), words] as const))(
  'the committed %s is what its source compiles to',
  async (path, [compiler, ...options]) => {
    expect(compiler).toBe('asc');
    const temporary = await mkdtemp(join(tmpdir(), 'turnwise-wasm-'));
    try {
      const output = join(temporary, basename(path));
      const rebuilt = options.map((option) => (option === path ? output : option));
      const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
      await promisify(execFile)(process.execPath, [asc, ...rebuilt], { cwd: folder });
      const committed = await readFile(join(folder, path));
      expect(committed.equals(await readFile(output))).toBe(true);
    } finally {
      await rm(temporary, { recursive: true });
    }
  },
);
