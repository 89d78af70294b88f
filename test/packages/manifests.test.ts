import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedWorkspaces, root } from '../../scripts/packages/workspaces.js';

/** What must be so before a package can be published; the tarballs themselves are judged by `npm run packages:check`. */
const workspaces = publishedWorkspaces();
const license = readFileSync(join(root, 'LICENSE'), 'utf8');
const names = new Set(workspaces.map(({ manifest }) => manifest.name));
const version = workspaces.find(({ manifest }) => manifest.name === '@turnwise/core')?.manifest.version;

describe.each(workspaces)('$folder', ({ folder, manifest }) => {
  it('shares the version of the core, and asks for exactly that of its siblings', () => {
    expect(manifest.version).toBe(version);
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (names.has(name)) expect({ name, range }).toEqual({ name, range: version });
    }
  });

  it('pins what it depends on', () => {
    for (const range of Object.values(manifest.dependencies ?? {})) expect(range).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('is published openly, with provenance, licence and README', () => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'README.md', 'LICENSE']));
    expect(readFileSync(join(root, folder, 'LICENSE'), 'utf8')).toBe(license);
    expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
  });
});
