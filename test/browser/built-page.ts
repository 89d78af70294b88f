import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../e2e/command-line.js';

/** Builds the dashboard's page into a new folder, so that what is tested is what the sources say now. */
export function builtPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-page-'));
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', join(root, 'packages/dashboard/page'), '--outDir', folder], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return folder;
}
