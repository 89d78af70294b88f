import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionsTable, readPluginManifest } from '@turnwise/core';
import { pluginKindNames, runCreatePlugin } from './index.js';
import { templates } from './templates.js';
import { toolVersions } from './tool-versions.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-create-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function create(...words: string[]) {
  let written = '';
  let errors = '';
  const code = await runCreatePlugin(words, {
    interactive: false,
    folder,
    write: (text) => void (written += text),
    writeError: (text) => void (errors += text),
  });
  return { code, written, errors };
}
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe.each(pluginKindNames)('a new %s', (kind) => {
  it('is a whole package whose manifest, source, test and README speak of the same plugin', async () => {
    const id = `my-${kind}`;
    const { code, written } = await create('--kind', kind, '--id', id, '--scope', 'acme', '--author', 'Ada');
    expect(code).toBe(0);
    const name = `turnwise-${kind}-${id}`;
    expect(written).toContain(`cd ${name}\n  npm install\n  npm test\n`);
    expect(readPluginManifest(join(folder, name))).toMatchObject({
      packageName: `@acme/${name}`,
      turnwise: { apiVersion: templates[kind].plugin.apiVersion, kind, id },
    });
    const source = read(`${name}/src/index.ts`);
    expect(source).toContain(`id: '${id}'`);
    expect(source).not.toContain('__');
    expect(read(`${name}/test/conformance.test.ts`)).toContain(
      `${templates[kind].conformance}({ describe, it }, plugin`,
    );
    const readme = read(`${name}/README.md`);
    expect(readme).toContain(optionsTable(templates[kind].plugin));
    expect(readme).toContain(`use: "@acme/${name}"`);
    expect(read(`${name}/LICENSE`)).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} Ada\n/);
    expect(existsSync(join(folder, name, '.github/workflows/ci.yml'))).toBe(true);
  });

  it('starts from an example short enough to be read at once', () => {
    const lines = readFileSync(new URL(`./templates/${kind}/plugin.ts`, import.meta.url), 'utf8').split('\n').length;
    expect(lines).toBeLessThanOrEqual(50);
  });
});

describe('wrong usage', () => {
  it.each<[string, string[], string[]]>([
    ['an unknown kind', ['--kind', 'rewrad', '--id', 'x'], ['"rewrad"', 'Did you mean "reward"?', 'advantage']],
    ['a name every object has', ['--kind', 'toString', '--id', 'x'], ['"toString" is no kind of plugin']],
    ['a name npm does not take', ['--kind', 'reward', '--id', 'x'.repeat(200)], ['would have 216 characters']],
    ['an id that is not kebab-case', ['--kind', 'reward', '--id', 'My_Reward'], ['"My_Reward"', 'kebab-case']],
    ['a scope that is none', ['--kind', 'reward', '--id', 'x', '--scope', 'a b'], ['"a b"', 'npm scope']],
    ['nothing to go by', [], ['--kind and --id must be given']],
    ['an unknown flag', ['--knid', 'reward'], ["'--knid'"]],
    ['two folders', ['a', 'b', '--kind', 'reward', '--id', 'x'], ['one folder is expected, got a, b']],
  ])('refuses %s with exit code 2, writing nothing', async (_, words, texts) => {
    const before = readdirSync(folder);
    const { code, errors, written } = await create(...words);
    expect(code).toBe(2);
    expect(written).toBe('');
    for (const text of texts) expect(errors).toContain(text);
    expect(errors).toContain('hint: ');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('never writes into a folder that holds something, nor over a file', async () => {
    const full = mkdtempSync(join(folder, 'full-'));
    writeFileSync(join(full, 'thesis.txt'), 'years of work');
    const { code, errors } = await create(full, '--kind', 'reward', '--id', 'x');
    expect(code).toBe(2);
    expect(errors).toContain('is not empty: it holds thesis.txt.');
    expect(readdirSync(full)).toEqual(['thesis.txt']);
    expect((await create(join(full, 'thesis.txt'), '--kind', 'reward', '--id', 'x')).errors).toContain('ENOTDIR');
  });
});

it('takes a folder that is a repository and nothing more', async () => {
  const cloned = mkdtempSync(join(folder, 'cloned-'));
  mkdirSync(join(cloned, '.git'));
  expect(await create(cloned, '--kind', 'reward', '--id', 'x')).toMatchObject({ code: 0, errors: '' });
  expect(readdirSync(cloned)).toEqual(expect.arrayContaining(['.git', 'package.json', 'src']));
});

it('explains itself', async () => {
  const { code, written } = await create('--help');
  expect(code).toBe(0);
  expect(written).toContain('npm create turnwise-plugin@latest');
});

it('builds new packages with the versions this project is tested with', () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const { zod } = (
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>;
    }
  ).dependencies;
  expect(toolVersions).toEqual({
    zod,
    nodeTypes: devDependencies['@types/node'],
    tsup: devDependencies['tsup'],
    tsx: devDependencies['tsx'],
    typescript: devDependencies['typescript'],
  });
});
