import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const breaker = new URL('break-file-system.mjs', import.meta.url).href;

/** What goes wrong at the file system of a run: see `break-file-system.mjs`. */
export interface FileSystemFault {
  readonly at?: number;
  readonly action: 'kill' | 'count' | 'ENOSPC' | 'EROFS' | 'EACCES';
  readonly report?: string;
}

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly error: string;
  readonly seconds: number;
}

/** A training through the real command line. */
export interface Training {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/**
 * Starts `turnwise train -c run.yaml --run-dir RUN --resume`, the command one would put into a loop: it begins a run,
 * goes on with it, and does nothing when it is done.
 *
 * @param place folder of the configuration
 * @param run folder of the run
 */
export function startTraining(
  place: string,
  run: string,
  fault?: FileSystemFault,
  more: readonly string[] = [],
): Training {
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const main = join(root, 'packages/cli/src/main.ts');
  const preload = fault === undefined ? [] : ['--import', breaker];
  const words = ['train', '-c', 'run.yaml', '--run-dir', run, '--resume', ...more];
  const started = performance.now();
  const child = spawn(process.execPath, ['--conditions=turnwise-source', '--import', tsx, ...preload, main, ...words], {
    cwd: place,
    env: { ...process.env, NODE_OPTIONS: '', INIT_CWD: place, FAULT: JSON.stringify({ folder: run, ...fault }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, error, seconds: (performance.now() - started) / 1000 }));
  });
  return { pid: child.pid as number, kill: (signal) => void child.kill(signal), ended };
}

export function train(place: string, run: string, fault?: FileSystemFault, more?: readonly string[]): Promise<Ended> {
  return startTraining(place, run, fault, more).ended;
}

const namesIn = (folder: string): string => (existsSync(folder) ? readdirSync(folder).sort().join(' ') : 'missing');

/**
 * What has to be the same whatever happened on the way: metrics without wall times, events, weights, optimiser, and of
 * which steps trajectories stay.
 */
export function resultOf(run: string, step: number): Record<string, string> {
  const checkpoint = join(run, 'checkpoints', `step-${String(step).padStart(6, '0')}`);
  const read = (file: string): string => (existsSync(file) ? readFileSync(file).toString('latin1') : 'missing');
  const metrics = read(join(run, 'metrics.jsonl')).replace(/"[a-z]+\/seconds":[^,}]*,?/g, '');
  return {
    metrics,
    events: read(join(run, 'events.jsonl')),
    weights: read(join(checkpoint, 'model.safetensors')),
    optimizer: read(join(checkpoint, 'optimizer.safetensors')),
    trajectories: namesIn(join(run, 'trajectories')),
  };
}

/** Which parts of two results differ; empty when they are the same. */
export function differences(one: Record<string, string>, other: Record<string, string>): string[] {
  return Object.keys(one).filter((part) => one[part] !== other[part]);
}

/** Half-written things and locks in a run folder. */
export function leftoversIn(run: string): string[] {
  if (!existsSync(run)) return [];
  const names = readdirSync(run, { recursive: true }).map(String);
  return names.filter((name) => /\.(partial|former|removed)$/.test(name) || name.endsWith('run.lock'));
}

export const steps = 6;

/**
 * A run that is quick and uses all that a checkpoint holds: a real transformer, questions drawn by what they taught,
 * refilled groups, a reward with state and chance, retention with a best checkpoint, a watchdog.
 */
export function writeConfiguration(place: string, changes: Readonly<Record<string, string>> = {}): void {
  mkdirSync(place, { recursive: true });
  const names = ['Velkar', 'Tinvek', 'Dormun', 'Kalsa', 'Ferrin', 'Oster', 'Quill', 'Sedra'];
  const rows = (items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');
  const files: Record<string, string> = {
    'corpus.jsonl': rows(
      names.map((name, index) => ({
        id: `p${index}`,
        title: name,
        text: `${name} was written by ${names[(index + 1) % 8]}.`,
      })),
    ),
    'questions.jsonl': rows(
      names.map((name, index) => ({
        id: `q${index}`,
        question: `Who wrote ${name}?`,
        golden_answers: [names[(index + 1) % 8]],
      })),
    ),
    'moody.ts': moodyReward,
    'run.yaml': configuration,
    ...changes,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
}

export const configuration = `seed: 3
data:
  train: { file: questions.jsonl }
  eval: { file: questions.jsonl, limit: 2 }
corpus: { file: corpus.jsonl }
policy: { use: transformer, with: { base: quickstart, engine: wasm } }
protocol: { use: search-r1, with: { instructions: '', passage: '{text}' } }
reward: { use: ./moody.ts }
advantage: { use: grpo }
rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 2, maxTokensPerTurn: 16 }
training:
  steps: ${steps}
  learningRate: 1.0e-4
  evalEvery: 2
  checkpointEvery: 2
  keepCheckpoints: 2
  keepTrajectories: 3
  keepBest: { metric: eval/exact-match }
  deadGroups: { policy: refill, maxRounds: 2 }
  curriculum: { by: signal }
  quarantine: { strikes: 3 }
`;

/** A reward whose values depend on all groups before and on its random stream; NaN where \`poison.json\` says. */
const moodyReward = `
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineReward } from '@turnwise/core';
import { z } from 'zod';

export default defineReward({
  id: 'moody',
  version: '1.0.0',
  options: z.strictObject({}),
  create(context) {
    const poison = join(context.paths.base, 'poison.json');
    const from = existsSync(poison) ? JSON.parse(readFileSync(poison, 'utf8')).from : Infinity;
    let seen = 0;
    return {
      shape: ({ trajectories }) => {
        seen += 1;
        return trajectories.map(({ answer, turns }) => {
          const correct = answer !== null && answer.length % 2 === 0;
          const outcome = seen >= from ? NaN : (correct ? 1 : 0) + 0.1 * context.random.next() + 0.001 * seen;
          return { outcome, correct, turns: turns.map(() => outcome) };
        });
      },
      state: () => ({ seen }),
      restore: (state) => {
        seen = state.seen;
      },
    };
  },
});
`;
