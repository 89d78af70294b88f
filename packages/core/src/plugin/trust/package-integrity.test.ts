import { afterAll, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageIntegrity } from './package-integrity.js';

const all = mkdtempSync(join(tmpdir(), 'turnwise-integrity-'));
afterAll(() => rmSync(all, { recursive: true }));

/** A package of these files, changed before it is hashed. */
function integrity(
  files: Readonly<Record<string, string>>,
  change: (folder: string) => void = () => undefined,
): string {
  const folder = mkdtempSync(join(all, 'package-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  change(folder);
  return packageIntegrity(folder);
}
const files = { 'package.json': '{}', 'dist/index.js': 'export {};' };
const plain = integrity(files);

it('is the same for the same files wherever they lie, and another for another name, content or place', () => {
  expect(integrity(files)).toBe(plain);
  const others = [
    { ...files, 'dist/index.js': 'export { };' },
    { 'package.json': '{}', 'dist/other.js': 'export {};' },
    { 'package.json': '{}', 'index.js': 'export {};' },
    { ...files, 'dist/empty.js': '' },
    { ...files, '.hidden': '' },
  ].map((changed) => integrity(changed));
  expect(new Set([plain, ...others]).size).toBe(others.length + 1);
});

it('leaves out what it depends on, and nothing that only looks like it', () => {
  expect(integrity({ ...files, 'node_modules/zod/index.js': 'x', '.git/HEAD': 'x' })).toBe(plain);
  expect(integrity({ ...files, 'dist/node_modules/code.js': 'x' })).not.toBe(plain);
  expect(integrity({ ...files, 'dist/.git/code.js': 'x' })).not.toBe(plain);
});

it('follows links to what they lead to, also out of the package', () => {
  const outside = join(all, 'outside.js');
  const linked = (content: string): string => {
    writeFileSync(outside, content);
    return integrity(files, (folder) => symlinkSync(outside, join(folder, 'dist/linked.js')));
  };
  expect(linked('one')).not.toBe(linked('two'));
  expect(linked('one')).toBe(integrity({ ...files, 'dist/linked.js': 'one' }));
});

it('ends at a link to nowhere and at one that leads back', () => {
  const withLink = (target: string): string => integrity(files, (folder) => symlinkSync(target, join(folder, 'link')));
  for (const target of ['nowhere', '.', '..']) {
    expect(withLink(target)).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(withLink(target)).not.toBe(plain);
  }
});
