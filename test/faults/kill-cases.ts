import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomStream } from '@turnwise/core';
import { appears, expectsSame, resumesEqual, type FaultCase, type Whole } from './fault-case.js';
import { startTraining, train } from './fault-run.js';

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
  // Nor has one that has written its report, the last it writes: while Node takes itself down it ends by the signal alone, too.
  const isDone = code === 0 || (code === null && existsSync(join(run, 'report.html')));
  if (signal !== 'SIGKILL' && code !== 130 && !isDone) return `ended with ${code} instead of 130: ${error}`;
  return resumesEqual(whole, run);
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
