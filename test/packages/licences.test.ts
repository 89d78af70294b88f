import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/packages/workspaces.js';

/** What an entry of package-lock.json says of an installed package. */
interface Entry {
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const permissive = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>;
};
const foreign = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
const installedByUsers = foreign.filter(([, { dev }]) => dev !== true);

it('everything a user installs has a licence that asks for no more than its notice', () => {
  const parts = (license: string): string[] => license.replace(/[()]/g, '').split(/ (?:AND|OR) /);
  const others = installedByUsers
    .map(([path, { license = 'none' }]) => [path, license] as const)
    .filter(([, license]) => !parts(license).every((part) => permissive.has(part)));
  expect(installedByUsers.length).toBeGreaterThan(50);
  expect(others).toEqual([]);
});

it('nothing a user installs runs a script while it is installed', () => {
  const scripts = installedByUsers.filter(
    ([, { hasInstallScript, devOptional }]) => hasInstallScript === true && devOptional !== true,
  );
  expect(scripts.map(([path]) => path)).toEqual([]);
});
