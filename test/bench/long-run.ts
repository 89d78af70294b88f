import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * `npm run bench -- long-run [steps=2000] --json`
 *
 * A training of many steps through the real command line, with a policy that costs nothing, so that what could grow with
 * the steps is the framework's: searches and their cache, question ledger, run folder, checkpoints with retention,
 * watchdog. A tracker of the run notes the memory of its process every hundredth of the way, after a full collection.
 */
export default async function longRun(settings: Record<string, string>): Promise<Record<string, unknown>> {
  const steps = Number(settings['steps'] ?? 2000);
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-long-run-'));
  try {
    for (const file of ['cheap-policy.ts', 'memory-tracker.ts']) {
      copyFileSync(fileURLToPath(new URL(`long-run/${file}`, import.meta.url)), join(folder, file));
    }
    writeFileSync(join(folder, 'run.yaml'), configuration(steps));
    const started = performance.now();
    await train(folder);
    const seconds = (performance.now() - started) / 1000;
    const lines = readFileSync(join(folder, 'memory.jsonl'), 'utf8').trim().split('\n');
    const notes = lines.map((line) => JSON.parse(line) as Note);
    return {
      steps,
      trajectories: steps * 16,
      seconds,
      memory: notes.filter((_, index) => index % 5 === 4),
      ...growth(notes),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Megabytes after a full collection. */
interface Note {
  readonly step: number;
  readonly resident: number;
  readonly heap: number;
  /** Array buffers and other memory outside the heap. */
  readonly external: number;
}

/** From the second quarter of the run to its last: the first fills the cache of searches and meets every question. */
function growth(notes: readonly Note[]): Record<string, unknown> {
  const quarter = Math.floor(notes.length / 4);
  const mean = (part: readonly Note[], key: 'resident' | 'heap' | 'external'): number =>
    part.reduce((sum, note) => sum + note[key], 0) / part.length;
  const change = (key: 'resident' | 'heap' | 'external') => {
    const [early, late] = [mean(notes.slice(quarter, 2 * quarter), key), mean(notes.slice(3 * quarter), key)];
    return { secondQuarter: early, lastQuarter: late, percent: (100 * (late - early)) / early };
  };
  return {
    residentMegabytes: change('resident'),
    heapMegabytes: change('heap'),
    peakMegabytes: Math.max(...notes.map(({ resident }) => resident)),
  };
}

function configuration(steps: number): string {
  return `seed: 1
corpus: { world: wikiworld, difficulty: standard, seed: 1 }
data:
  train: { world: wikiworld, questions: 1000 }
  eval: { world: wikiworld, questions: 16 }
policy: { use: ./cheap-policy.ts }
trackers: [{ use: ./memory-tracker.ts, with: { every: ${Math.max(1, Math.floor(steps / 100))} } }]
rollout: { questionsPerStep: 2, groupSize: 8, maxTurns: 3 }
training:
  steps: ${steps}
  evalEvery: ${Math.max(1, Math.floor(steps / 20))}
  checkpointEvery: ${Math.max(1, Math.floor(steps / 40))}
  keepCheckpoints: 2
  keepBest: {}
  curriculum: { by: signal }
  quarantine: {}
`;
}

async function train(folder: string): Promise<void> {
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const main = join(root, 'packages/cli/src/main.ts');
  const node = ['--expose-gc', '--conditions=turnwise-source', '--import', tsx, main];
  const child = spawn(process.execPath, [...node, 'train', '-c', 'run.yaml', '--run-dir', join(folder, 'run')], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', INIT_CWD: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`the training ended with ${code}`);
}
