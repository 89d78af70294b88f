import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('..', import.meta.url));

test('the committed engine.wasm is what its source compiles to', async () => {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [compiler, ...options] = (manifest.scripts['build:wasm'] ?? '').split(' ');
  expect(compiler).toBe('asc');
  const temporary = await mkdtemp(join(tmpdir(), 'turnwise-wasm-'));
  try {
    const output = join(temporary, 'engine.wasm');
    const rebuilt = options.map((option) => (option === 'wasm/engine.wasm' ? output : option));
    const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
    await promisify(execFile)(process.execPath, [asc, ...rebuilt], { cwd: folder });
    const committed = await readFile(join(folder, 'wasm/engine.wasm'));
    expect(committed.equals(await readFile(output))).toBe(true);
  } finally {
    await rm(temporary, { recursive: true });
  }
});
