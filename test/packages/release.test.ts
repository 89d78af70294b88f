import { expect, it } from '@jest/globals';
import { releaseProblems } from '../../scripts/packages/release-problems.js';
import type { PackageManifest, Workspace } from '../../scripts/packages/workspaces.js';

const url = 'git+https://git.example/acme/turnwise.git';
const workspace = (name: string, repository?: PackageManifest['repository']): Workspace => ({
  folder: `packages/${name}`,
  manifest: { name, version: '0.1.0', ...(repository === undefined ? {} : { repository }) },
});

it('lets packages go that say where they come from', () => {
  expect(
    releaseProblems(['core', 'cli'].map((name) => workspace(name, { url, directory: `packages/${name}` }))),
  ).toEqual([]);
});

it('names every package npm would refuse, and what is wrong with it', () => {
  expect(
    releaseProblems([
      workspace('core'),
      workspace('cli', { url: 'https://git.example/acme/turnwise', directory: 'packages/cli' }),
      workspace('engine', { url, directory: 'packages/cli' }),
      workspace('server', { url }),
    ]),
  ).toEqual([
    'packages/core/package.json has no repository',
    'packages/cli/package.json: repository.url is https://git.example/acme/turnwise, not git+https://HOST/OWNER/NAME.git',
    'packages/engine/package.json: repository.directory is packages/cli, not packages/engine',
    'packages/server/package.json: repository.directory is missing, not packages/server',
    `the packages name 2 repositories: https://git.example/acme/turnwise, ${url}`,
  ]);
});
