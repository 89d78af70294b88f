import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { root } from '../packages/workspaces.js';

/** What imports what: the names on the left import those on the right. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** Folders of `packages/core/src`, and which of them each imports; types count like values, tests do not count. */
export function coreRooms(): Imports {
  const source = join(root, 'packages/core/src');
  const rooms = new Map<string, Set<string>>();
  for (const file of sources(source)) {
    const [room = '', ...rest] = relative(source, file).split(sep);
    if (rest.length === 0) continue;
    const imported = rooms.get(room) ?? new Set<string>();
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) continue;
      const other = relative(source, join(file, '..', name)).split(sep)[0] ?? '';
      if (other !== room) imported.add(other);
    }
    rooms.set(room, imported);
  }
  return rooms;
}

/** Our packages, and which of our packages each imports. Every plugin counts as `plugins`. */
export function packageImports(): Imports {
  const packages = new Map<string, Set<string>>();
  const nameOf = new Map<string, string>();
  const folders = ['packages', 'plugins'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => ({ parent, folder: join(root, parent, name) })),
  );
  const shown = ({ parent, folder }: { parent: string; folder: string }): string =>
    parent === 'plugins' ? 'plugins' : basename(folder);
  for (const entry of folders) {
    const manifest = JSON.parse(readFileSync(join(entry.folder, 'package.json'), 'utf8')) as { name: string };
    nameOf.set(manifest.name, shown(entry));
  }
  for (const entry of folders) {
    const imported = packages.get(shown(entry)) ?? new Set<string>();
    for (const file of [...sources(join(entry.folder, 'src')), ...sources(join(entry.folder, 'page'))]) {
      for (const name of importsOf(file)) {
        const other = nameOf.get(name);
        if (other !== undefined && other !== shown(entry)) imported.add(other);
      }
    }
    packages.set(shown(entry), imported);
  }
  return packages;
}

/**
 * How far each stands above the ground: 1 for what imports nothing, else one more than the highest of what it imports.
 * Throws where two need each other, directly or by others.
 */
export function levels(imports: Imports): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  const level = (name: string, above: readonly string[]): number => {
    if (above.includes(name)) throw new Error(`a circle of imports: ${[...above, name].join(' -> ')}`);
    const done = known.get(name);
    if (done !== undefined) return done;
    const highest = Math.max(0, ...[...(imports.get(name) ?? [])].map((other) => level(other, [...above, name])));
    known.set(name, highest + 1);
    return highest + 1;
  };
  for (const name of imports.keys()) level(name, []);
  return known;
}

function sources(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.(test|fixture)\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

const importsOf = (file: string): string[] =>
  ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles.map(({ fileName }) => fileName);
