import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsup';

/** One build description for every workspace: JavaScript only, the types come from `tsc -b`. */
const workspaces = ['packages', 'plugins'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

/** Besides the package itself: its command, and what runs in a thread of its own and is loaded by name. */
const others = ['main', 'index-worker', 'compute-worker', 'reward-worker'];

function entries(workspace: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as { bin?: object };
  const source = (name: string): string => join(workspace, 'src', `${name}.ts`);
  const present = others.filter((name) => existsSync(source(name)) && (name !== 'main' || manifest.bin !== undefined));
  return Object.fromEntries(['index', ...present].map((name) => [name, source(name)]));
}

export default defineConfig(
  workspaces.map((workspace) => ({
    name: workspace,
    entry: entries(workspace),
    outDir: join(workspace, 'dist'),
    // Chunks of an earlier build have other names and would be packed; what `tsc -b` wrote stays.
    clean: ['!**/*.d.ts', '!**/*.d.ts.map', '!**/*.tsbuildinfo'],
    format: ['esm' as const],
    target: 'node20',
    sourcemap: true,
    skipNodeModulesBundle: true,
  })),
);
