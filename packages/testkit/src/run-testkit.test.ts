import { afterAll, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTestkit } from './run-testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-testkit-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]) {
  let written = '';
  let errors = '';
  const code = await runTestkit(words, {
    folder,
    write: (text) => void (written += text),
    writeError: (text) => void (errors += text),
  });
  return { code, written, errors };
}
const page = join(folder, 'README.md');

it('writes the table of a built plugin between the marks, and only there', async () => {
  writeFileSync(page, 'before\n<!-- options -->\nold\n<!-- /options -->\nafter\n');
  const manifest = { name: 'x', type: 'module', exports: { '.': { default: './dist/index.js' } } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  mkdirSync(join(folder, 'dist'));
  const schema = {
    type: 'object',
    properties: { words: { type: 'integer', minimum: 1, default: 5, description: 'W.' } },
  };
  const standard = `{ version: 1, vendor: 'own', validate: (value) => ({ value }), jsonSchema: { input: () => (${JSON.stringify(schema)}) } }`;
  writeFileSync(
    join(folder, 'dist/index.js'),
    `export default { kind: 'reward', id: 'x', options: { '~standard': ${standard} } };`,
  );
  expect(await run('options', 'README.md')).toMatchObject({
    code: 0,
    written: 'README.md: the table of options was written\n',
  });
  expect(readFileSync(page, 'utf8')).toBe(
    'before\n<!-- options -->\n| option | values | default | meaning |\n| --- | --- | --- | --- |\n| `words` | whole number >= 1 | `5` | W. |\n<!-- /options -->\nafter\n',
  );
  expect((await run('options', 'README.md')).written).toContain('nothing to change');
});

it.each([
  [['options'], 'turnwise-testkit takes'],
  [['table', 'README.md'], 'turnwise-testkit takes'],
  [['options', 'OTHER.md'], 'cannot be read'],
])('refuses %j', async (words, text) => {
  expect(await run(...words)).toMatchObject({ code: 2, errors: expect.stringContaining(text) });
});

it('asks for a build where there is none', async () => {
  const bare = mkdtempSync(join(folder, 'unbuilt-'));
  writeFileSync(
    join(bare, 'package.json'),
    JSON.stringify({ name: 'x', exports: { '.': { default: './dist/none.js' } } }),
  );
  let errors = '';
  const terminal = { folder: bare, write: () => undefined, writeError: (text: string) => void (errors += text) };
  expect(await runTestkit(['options', 'README.md'], terminal)).toBe(2);
  expect(errors).toContain('npm run build');
});

it('says where a table would have to go', async () => {
  writeFileSync(join(folder, 'bare.md'), 'nothing');
  expect((await run('options', 'bare.md')).errors).toContain('Put the lines <!-- options -->');
});
