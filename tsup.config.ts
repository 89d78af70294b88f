import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsup';

/** One build description for every workspace: JavaScript only, the types come from `tsc -b`. */
const workspaces = ['packages', 'plugins'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

export default defineConfig(
  workspaces.map((workspace) => {
    const manifest = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as { bin?: object };
    return {
      name: workspace,
      entry: {
        index: join(workspace, 'src/index.ts'),
        ...(manifest.bin ? { main: join(workspace, 'src/main.ts') } : {}),
      },
      outDir: join(workspace, 'dist'),
      format: ['esm' as const],
      target: 'node20',
      sourcemap: true,
      skipNodeModulesBundle: true,
    };
  }),
);
