import { rolloutGroups, type RolloutOptions, type TrajectoryGroup } from '@turnwise/core';
import { instantParts, questions, turnsPerTrajectory } from './rollout/instant-parts.js';

const groupSize = 8;
const latencyMilliseconds = 50;

const options: RolloutOptions = {
  groupSize,
  maxTurns: turnsPerTrajectory,
  maxTokensPerTurn: 64,
  maxPassageTokens: 128,
  maxObservationTokens: 512,
  topK: 3,
  timeoutSeconds: null,
  temperature: 1,
  topP: 1,
  concurrency: 128,
};

/**
 * `npm run bench -- rollout [repetitions=9] [trajectories=10000] --json`
 *
 * What the framework itself costs: the rollout as a run does it (protocol, conversation, token bookkeeping, search layer
 * with its batching, seeds), around a policy and a search tool that cost nothing. Then that many trajectories at once
 * against a policy that takes 50 ms for each turn; the ideal is the turns of one trajectory times 50 ms.
 */
export default async function rollout(settings: Record<string, string>): Promise<Record<string, unknown>> {
  const repetitions = Number(settings['repetitions'] ?? 9);
  const trajectories = Number(settings['trajectories'] ?? 10_000);
  return { overhead: await overhead(repetitions), concurrent: await concurrent(trajectories, repetitions) };
}

async function overhead(repetitions: number): Promise<Record<string, unknown>> {
  const count = 2048;
  const samples: Measurement[] = [];
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    const parts = await instantParts(0);
    samples.push(await measured(() => roll(parts, count, options.concurrency, repetition)));
  }
  const warm = samples.slice(1);
  const turns = count * turnsPerTrajectory;
  return {
    trajectories: count,
    turns,
    concurrency: options.concurrency,
    repetitions,
    processorMicrosecondsPerTurn: spread(warm.map(({ processor }) => (processor * 1e6) / turns)),
    wallMicrosecondsPerTurn: spread(warm.map(({ wall }) => (wall * 1e6) / turns)),
    trajectoriesPerSecond: spread(warm.map(({ wall }) => count / wall)),
    limitMicrosecondsPerTurn: 50,
  };
}

async function concurrent(count: number, repetitions: number): Promise<Record<string, unknown>> {
  const ideal = (turnsPerTrajectory * latencyMilliseconds) / 1000;
  const samples: Measurement[] = [];
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    const parts = await instantParts(latencyMilliseconds);
    samples.push(await measured(() => roll(parts, count, count, repetition)));
  }
  const warm = samples.slice(1);
  return {
    trajectories: count,
    turns: count * turnsPerTrajectory,
    latencyMilliseconds,
    idealSeconds: ideal,
    repetitions,
    wallSeconds: spread(warm.map(({ wall }) => wall)),
    timesIdeal: spread(warm.map(({ wall }) => wall / ideal)),
    processorSeconds: spread(warm.map(({ processor }) => processor)),
    peakResidentMegabytes: Math.max(...samples.map(({ resident }) => resident)),
    limitTimesIdeal: 2,
  };
}

async function roll(
  parts: Awaited<ReturnType<typeof instantParts>>,
  count: number,
  concurrency: number,
  seed: number,
): Promise<void> {
  const groups: TrajectoryGroup[] = await rolloutGroups(parts, {
    questions: questions(count / groupSize),
    runSeed: seed,
    purpose: 'train',
    step: 1,
    options: { ...options, concurrency },
    signal: new AbortController().signal,
  });
  const turns = groups.flatMap(({ trajectories }) => trajectories).reduce((sum, one) => sum + one.turns.length, 0);
  if (turns !== count * turnsPerTrajectory) throw new Error(`${turns} turns instead of ${count * turnsPerTrajectory}`);
}

interface Measurement {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of user and system time, all threads: garbage collection is part of it. */
  readonly processor: number;
  /** Megabytes at the end. */
  readonly resident: number;
}

async function measured(work: () => Promise<void>): Promise<Measurement> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { wall, processor: (user + system) / 1e6, resident: process.memoryUsage().rss / 1e6 };
}

function spread(values: readonly number[]): { median: number; lowest: number; highest: number } {
  const sorted = [...values].sort((left, right) => left - right);
  return {
    median: sorted[Math.floor(sorted.length / 2)] as number,
    lowest: sorted[0] as number,
    highest: sorted.at(-1) as number,
  };
}
