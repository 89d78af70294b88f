import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectureFigure } from '../../scripts/docs/architecture-figure.js';
import { coreRooms, levels, packageImports } from '../../scripts/docs/room-imports.js';
import { root } from '../../scripts/packages/workspaces.js';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The names in the first column of the table under a heading. */
function namesUnder(page: string, heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| [[`]([a-z-]+)[\]`]/gm)].map(([, name = '']) => name).sort();
}

describe('docs/architecture.md', () => {
  const page = read('docs/architecture.md');

  it('shows the figure that the imports of the sources give today', () => {
    expect(read('docs/figures/architecture.svg') === architectureFigure() || 'stale: npm run docs:figures').toBe(true);
  });

  it('names every folder of the core, and no other', () => {
    expect(namesUnder(page, 'Rooms of the core')).toEqual([...coreRooms().keys()].sort());
  });

  it('names every package, and no other', () => {
    expect(namesUnder(page, 'Packages')).toEqual([...packageImports().keys()].sort());
  });
});

describe('levels', () => {
  const imports = (entries: Record<string, string[]>) =>
    new Map(Object.entries(entries).map(([name, others]) => [name, new Set(others)]));

  it('puts each above whatever it imports', () => {
    const found = levels(imports({ top: ['middle', 'ground'], middle: ['ground'], ground: [] }));
    expect(Object.fromEntries(found)).toEqual({ ground: 1, middle: 2, top: 3 });
  });

  it('refuses a circle, and names it', () => {
    expect(() => levels(imports({ a: ['b'], b: ['c'], c: ['a'] }))).toThrow('a -> b -> c -> a');
  });
});
