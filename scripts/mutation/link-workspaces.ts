import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that tests import, and the modules here that stand in for them. */
const standIns = { '@jest/globals': 'jest-globals.ts', 'fast-check': 'fast-check.ts' };

/**
 * Lets a copy of the repository import its own packages by name, so that a plugin under test meets the mutated core; all other
 * packages but the stand-ins are found in the repository's node_modules, which lies above the copy.
 */
export function linkWorkspaces(copy: string): void {
  for (const kind of ['packages', 'plugins']) {
    for (const folder of readdirSync(join(copy, kind))) {
      const target = join(copy, kind, folder);
      const manifest = join(target, 'package.json');
      if (!existsSync(manifest)) continue;
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
      const link = join(copy, 'node_modules', name);
      mkdirSync(join(link, '..'), { recursive: true });
      if (!existsSync(link)) symlinkSync(target, link, 'dir');
    }
  }
  for (const [name, module] of Object.entries(standIns)) {
    const folder = join(copy, 'node_modules', name);
    const source = JSON.stringify(new URL(module, import.meta.url).href);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
    writeFileSync(join(folder, 'index.js'), `export * from ${source};\nexport { default } from ${source};\n`);
  }
}
