import { spawnSync } from 'node:child_process';
import { randomStream } from '@turnwise/core';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  configuration,
  differences,
  leftoversIn,
  resultOf,
  startTraining,
  steps,
  train,
  writeConfiguration,
} from './fault-run.js';

/** One kind of fault, tried some times. A try returns what went wrong; `null`: survived. */
export interface FaultCase {
  readonly name: string;
  /** What counts as survived. */
  readonly expects: string;
  readonly tries: readonly ((run: string) => Promise<string | null>)[];
  /** Why it was not tried. */
  readonly skipped?: string;
}

/** The run that was never stopped. */
export interface Whole {
  readonly place: string;
  readonly result: Record<string, string>;
  /** Writes of the run folder in order, and which of them are inside a checkpoint. */
  readonly writes: number;
  readonly checkpointWrites: readonly number[];
  readonly seconds: number;
}

export async function wholeRun(place: string): Promise<Whole> {
  writeConfiguration(place);
  const report = join(place, 'writes.txt');
  const run = join(place, 'whole');
  const { code, error, seconds } = await train(place, run, { action: 'count', report });
  if (code !== 0) throw new Error(`the run without a fault ended with ${code}: ${error}`);
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  const checkpointWrites = lines.flatMap((line, index) => (line.includes('.partial/') ? [index + 1] : []));
  return { place, result: resultOf(run, steps), writes: lines.length, checkpointWrites, seconds };
}

const expectsSame = 'the same bytes after `--resume`';

/** Goes on and compares; `null` when everything is the same. */
async function resumesEqual({ place, result }: Pick<Whole, 'place' | 'result'>, run: string): Promise<string | null> {
  const { code, error } = await train(place, run);
  if (code !== 0) return `--resume ended with ${code}: ${error}`;
  const differ = differences(result, resultOf(run, steps));
  if (differ.length > 0) return `differs in ${differ.join(', ')}`;
  const left = leftoversIn(run);
  return left.length > 0 ? `left behind ${left.join(', ')}` : null;
}

export function killCases(whole: Whole, seed: number, instants: number): FaultCase[] {
  const random = randomStream(seed, 'kill');
  const atWrite =
    (at: number) =>
    async (run: string): Promise<string | null> => {
      const { code, error } = await train(whole.place, run, { action: 'kill', at });
      return code === null ? resumesEqual(whole, run) : `write ${at}: not killed, ended with ${code}: ${error}`;
    };
  const inCheckpoint = Math.ceil(instants * 0.4);
  const inAny = Math.ceil((instants - inCheckpoint) * 0.6);
  const byTime = instants - inCheckpoint - inAny;
  const tries = (count: number, make: () => (run: string) => Promise<string | null>) =>
    Array.from({ length: count }, make);
  return [
    {
      name: '`kill -9` inside a checkpoint write, half of a file written',
      expects: expectsSame,
      tries: tries(inCheckpoint, () =>
        atWrite(whole.checkpointWrites[random.integer(whole.checkpointWrites.length)] as number),
      ),
    },
    {
      name: '`kill -9` at any write of the run folder',
      expects: expectsSame,
      tries: tries(inAny, () => atWrite(1 + random.integer(whole.writes))),
    },
    {
      name: '`kill -9` at any time',
      expects: expectsSame,
      tries: tries(byTime, () => {
        const share = random.next();
        return (run) => signalled(whole, run, 'SIGKILL', share);
      }),
    },
  ];
}

/** A signal from outside at a share of the time the run takes, then `--resume`. A run that was done before is, too. */
async function signalled(whole: Whole, run: string, signal: NodeJS.Signals, share: number): Promise<string | null> {
  const training = startTraining(whole.place, run);
  // A process that is still loading has nothing to save, and ends by the signal alone.
  if (signal !== 'SIGKILL') await Promise.race([appears(join(run, 'manifest.json')), training.ended]);
  await Promise.race([pause(1000 * share * whole.seconds), training.ended]);
  training.kill(signal);
  const { code, error } = await training.ended;
  if (signal !== 'SIGKILL' && code !== 130 && code !== 0) return `ended with ${code} instead of 130: ${error}`;
  return resumesEqual(whole, run);
}

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await pause(20);
}

export function signalCases(whole: Whole, seed: number, count: number): FaultCase[] {
  const random = randomStream(seed, 'signals');
  return (['SIGINT', 'SIGTERM'] as const).map((signal) => ({
    name: signal,
    expects: `exit 130; ${expectsSame}`,
    tries: Array.from({ length: count }, () => {
      const share = 0.6 * random.next();
      return (run: string) => signalled(whole, run, signal, share);
    }),
  }));
}

export function injectedCases(whole: Whole, seed: number, count: number): FaultCase[] {
  const random = randomStream(seed, 'injected');
  const names = {
    ENOSPC: 'full disk (ENOSPC from a write on)',
    EROFS: 'folder becomes read-only (EROFS)',
    EACCES: 'permission lost (EACCES)',
  };
  return (['ENOSPC', 'EROFS', 'EACCES'] as const).map((action) => ({
    name: names[action],
    expects: `exit 1, one RUN_WRITE_FAILED, nothing half-written; ${expectsSame}`,
    tries: Array.from({ length: count }, () => {
      const at = 1 + random.integer(whole.writes);
      return async (run: string): Promise<string | null> => {
        const { code, error } = await train(whole.place, run, { action, at });
        return refused(code, error) ?? resumesEqual(whole, run);
      };
    }),
  }));
}

function refused(code: number | null, error: string): string | null {
  if (code !== 1) return `ended with ${code} instead of 1: ${error}`;
  const errors = error.match(/^error .*$/gm) ?? [];
  return errors.length === 1 && errors.join().includes('RUN_WRITE_FAILED') ? null : `said ${errors.join(' | ')}`;
}

/** Mounts a small file system; `null` where that is not permitted. */
function mount(place: string, options: string): boolean {
  mkdirSync(place, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).status === 0;
}

/** A file system of its own that is really full, and one that is really read-only. */
export function mountedCases(whole: Whole): FaultCase[] {
  const probe = join(whole.place, 'probe');
  const permitted = process.platform === 'linux' && mount(probe, 'size=64k');
  if (permitted) spawnSync('umount', [probe]);
  const skip = permitted ? {} : { skipped: 'needs Linux and the right to mount a tmpfs' };
  const inMount =
    (options: string, work: (run: string, remount: (options: string) => void) => Promise<string | null>) =>
    async (run: string) => {
      if (!mount(run, options)) return 'could not be mounted';
      try {
        return await work(join(run, 'run'), (changed) => void spawnSync('mount', ['-o', `remount,${changed}`, run]));
      } finally {
        spawnSync('umount', [run]);
      }
    };
  return [
    {
      name: 'full disk (a tmpfs of 1 to 3 MB)',
      expects: `exit 1, one RUN_WRITE_FAILED, nothing half-written; with room again ${expectsSame}`,
      ...skip,
      tries: [1, 2, 3].map((megabytes) =>
        inMount(`size=${megabytes}m`, async (run, remount) => {
          const { code, error } = await train(whole.place, run);
          const wrong = refused(code, error);
          if (wrong !== null) return wrong;
          const left = leftoversIn(run);
          if (left.length > 0) return `left behind ${left.join(', ')}`;
          remount('size=64m');
          return resumesEqual(whole, run);
        }),
      ),
    },
    {
      name: 'read-only file system, at the start and when going on',
      expects: `exit 1, one RUN_WRITE_FAILED, nothing changed; ${expectsSame}`,
      ...skip,
      tries: [
        inMount('size=64m', async (run, remount) => {
          remount('ro');
          const { code, error } = await train(whole.place, run);
          remount('rw');
          return refused(code, error) ?? resumesEqual(whole, run);
        }),
        inMount('size=64m', async (run, remount) => {
          const killed = await train(whole.place, run, { action: 'kill', at: Math.floor(whole.writes / 2) });
          if (killed.code !== null) return 'not killed';
          remount('ro');
          const { code, error } = await train(whole.place, run);
          remount('rw');
          return refused(code, error) ?? resumesEqual(whole, run);
        }),
      ],
    },
  ];
}

export function otherCases(whole: Whole, seed: number): FaultCase[] {
  const random = randomStream(seed, 'others');
  const killedLate = async (run: string): Promise<string | null> => {
    const { code } = await train(whole.place, run, { action: 'kill', at: Math.floor(whole.writes * 0.9) });
    return code === null ? null : 'not killed';
  };
  const newest = (run: string): string => {
    const folder = join(run, 'checkpoints');
    const names = readdirSync(folder).filter((name) => /^step-\d+$/.test(name));
    return join(folder, names.sort().at(-1) as string);
  };
  const damaged = (damage: (checkpoint: string) => void) => async (run: string) => {
    const wrong = await killedLate(run);
    if (wrong !== null) return wrong;
    damage(newest(run));
    const { code, error } = await train(whole.place, run, undefined, ['--set', `training.steps=${steps}`]);
    if (code !== 0) return `ended with ${code}: ${error}`;
    if (!error.includes('Falling back to the one before')) return 'did not say that it fell back';
    return resumesEqual(whole, run);
  };
  return [
    {
      name: 'last line of metrics.jsonl cut off',
      expects: expectsSame,
      tries: [1, 30].map((length) => async (run) => {
        const wrong = await killedLate(run);
        appendFileSync(join(run, 'metrics.jsonl'), '{"step":6,"reward/outcome-mean":0.25'.slice(0, length));
        return wrong ?? resumesEqual(whole, run);
      }),
    },
    {
      name: 'newest checkpoint damaged: a flipped bit, a cut file, a lost file, unreadable state',
      expects: `falls back to the one before, says so; ${expectsSame}`,
      tries: [
        damaged((checkpoint) => {
          const file = join(checkpoint, 'model.safetensors');
          const bytes = readFileSync(file);
          const place = bytes.length - 1 - random.integer(1000);
          bytes[place] = (bytes[place] as number) ^ 1;
          writeFileSync(file, bytes);
        }),
        damaged((checkpoint) => truncateSync(join(checkpoint, 'optimizer.safetensors'), 1000)),
        damaged((checkpoint) => rmSync(join(checkpoint, 'tokenizer.json'))),
        damaged((checkpoint) => writeFileSync(join(checkpoint, 'trainer.json'), '{"step"')),
      ],
    },
    {
      name: 'two processes on one run folder',
      expects: 'the second is refused with exit 2 (RUN_EXISTS), the first is not disturbed',
      tries: [
        async (run) => {
          const first = startTraining(whole.place, run);
          await appears(join(run, 'metrics.jsonl'));
          // Held still, so that it is there for as long as the second tries.
          first.kill('SIGSTOP');
          const second = await train(whole.place, run);
          first.kill('SIGCONT');
          const { code } = await first.ended;
          if (second.code !== 2 || !second.error.includes('RUN_EXISTS'))
            return `the second ended with ${second.code}: ${second.error}`;
          return code === 0 ? resumesEqual(whole, run) : `the first ended with ${code}`;
        },
      ],
    },
    {
      name: 'rewards become NaN',
      expects: `exit 1 before a weight moves; once the reward is mended ${expectsSame}`,
      tries: [5, 9].map((from) => async (run) => {
        const place = `${run}-place`;
        writeConfiguration(place, { 'poison.json': JSON.stringify({ from }) });
        const { code, error } = await train(place, run);
        if (code !== 1 || !error.includes('CONTRACT_REWARD_NOT_FINITE')) return `ended with ${code}: ${error}`;
        rmSync(join(place, 'poison.json'));
        return resumesEqual({ ...whole, place }, run);
      }),
    },
    {
      name: 'search server dies during rollouts',
      expects:
        'exit 1 (ROLLOUT_ALL_FAILED) without a hang, no failed trajectory trained on; goes on when the server is back',
      tries: [4, 11].map((requests) => (run) => withoutSearch(run, requests)),
    },
  ];
}

/** Names a trajectory that infrastructure ended and that has an advantage all the same; `null`: there is none. */
function failedWithAdvantage(run: string): string | null {
  const folder = join(run, 'trajectories');
  if (!existsSync(folder)) return null;
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  for (const line of lines) {
    const { trajectories, advantages } = JSON.parse(line) as {
      trajectories: { id: string; failure?: unknown }[];
      advantages: { turns: number[][] };
    };
    const trained = trajectories.find(
      ({ failure }, member) => failure !== undefined && advantages.turns[member]?.some((advantage) => advantage !== 0),
    );
    if (trained !== undefined) return `${trained.id} failed and has an advantage`;
  }
  return null;
}

/** A search server that drops every connection after so many requests. */
async function withoutSearch(run: string, requests: number): Promise<string | null> {
  let left = requests;
  const server: Server = createServer((request, response) => {
    if (left-- <= 0) return void request.socket.destroy();
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      const { queries } = JSON.parse(body) as { queries: string[] };
      const hit = { document: { contents: '"Velkar"\nVelkar was written by Tinvek.' }, score: 1 };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ result: queries.map(() => [hit]) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const layer =
    'layer: { attempts: 2, retrySeconds: 0.05, breakerSeconds: 0.05, timeoutSeconds: 5, cacheEntries: 0, batchSize: 1 }';
  const search = `search: { use: http, with: { url: "http://127.0.0.1:${port}/retrieve" }, ${layer} }\n`;
  const place = `${run}-place`;
  writeConfiguration(place, {
    'run.yaml': configuration.replace('quarantine: { strikes: 3 }', 'quarantine: null') + search,
  });
  try {
    const { code, error } = await train(place, run);
    if (code !== 1 || !error.includes('ROLLOUT_ALL_FAILED')) return `ended with ${code}: ${error}`;
    const wrong = failedWithAdvantage(run);
    if (wrong !== null) return wrong;
    left = Infinity;
    const rest = await train(place, run);
    if (rest.code !== 0) return `--resume ended with ${rest.code}: ${rest.error}`;
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
    return lines.length === steps + 1 ? null : `recorded ${lines.length} lines`;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
