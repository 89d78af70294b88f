import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from '../../scripts/packages/pack-all.js';
import { root } from '../../scripts/packages/workspaces.js';
import { startRegistry } from '../packed/registry.js';

/**
 * `npm run build && npm run bench -- install --json`
 *
 * What a new user waits for: `npm install turnwise` into an empty folder with an empty cache (our packages from a registry
 * of this machine's own, everything else from npm's), its size on disk, and the seconds from starting the first training
 * to the first evaluation above the one before training, and to the end.
 */
export default async function install(): Promise<Record<string, unknown>> {
  if (!existsSync(join(root, 'packages/core/dist/index.js'))) throw new Error('nothing is built: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-install-'));
  const registry = await startRegistry(packAll(join(folder, 'tarballs')));
  try {
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "name": "new-user", "private": true, "type": "module" }\n');
    const environment = {
      ...process.env,
      NODE_OPTIONS: '',
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'cache'),
      npm_config_update_notifier: 'false',
    };
    const installed = await timed(project, environment, ['npm', 'install', 'turnwise', '--no-audit', '--no-fund']);
    const modules = join(project, 'node_modules');
    const config = join(modules, 'turnwise/configs/quickstart.yaml');
    const trained = await timed(project, environment, ['npx', 'turnwise', 'train', '-c', config]);
    const scores = trained.lines
      .map(({ seconds, text }) => ({ seconds, score: Number(/exact match ([\d.]+)%/.exec(text)?.[1] ?? Number.NaN) }))
      .filter(({ score }) => !Number.isNaN(score));
    const before = scores[0]?.score ?? Number.NaN;
    return {
      installSeconds: installed.seconds,
      installedPackages: packagesIn(modules),
      installedMegabytes: bytesIn(modules) / 1e6,
      ofThoseOurs: bytesIn(join(modules, '@turnwise')) / 1e6 + bytesIn(join(modules, 'turnwise')) / 1e6,
      secondsToFirstRise: scores.find(({ score }) => score > before)?.seconds ?? null,
      secondsToTheEnd: trained.seconds,
      exactMatch: { before, after: scores.at(-1)?.score ?? null },
    };
  } finally {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Timed {
  readonly seconds: number;
  /** What it wrote to stderr, with the seconds since it began. */
  readonly lines: readonly { readonly seconds: number; readonly text: string }[];
}

function timed(cwd: string, env: NodeJS.ProcessEnv, [command = '', ...words]: readonly string[]): Promise<Timed> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const lines: { seconds: number; text: string }[] = [];
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push({ seconds: seconds(), text }));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve({ seconds: seconds(), lines });
      else
        reject(
          new Error(`${command} ${words.join(' ')} ended with ${code}: ${lines.map(({ text }) => text).join('')}`),
        );
    });
  });
}

/** Bytes of all files below a folder; what links point to is counted where it lies. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) return sum + bytesIn(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}

function packagesIn(modules: string): number {
  return readdirSync(modules, { withFileTypes: true, recursive: true }).filter(
    (entry) => entry.name === 'package.json' && /node_modules\/(@[^/]+\/)?[^/]+$/.test(entry.parentPath),
  ).length;
}
