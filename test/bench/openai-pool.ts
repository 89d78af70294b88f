import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { randomStream, rolloutGroups, type SearchTool } from '@turnwise/core';
import { createSearchR1Protocol } from '@turnwise/core';
import { OpenAiPolicy, openAiOptions } from '@turnwise/policy-openai';

/**
 * Concurrent trajectories over stub endpoints of a known latency, in a process of their own: how near to what the
 * endpoints could serve at best, and what a turn costs this process. Options: `trajectories` (1000), `endpoints` (8),
 * `slots` (requests served at once by each; `8,16,all`: three cases), `milliseconds` (50 a request).
 *
 * The ideal is turns / (endpoints x slots) x latency; where all are served at once it is the four turns of a
 * trajectory one after another, which asks 20,000 turns a second of this process.
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const number = (name: string, standard: number): number => Number(options[name] ?? standard);
  const trajectories = number('trajectories', 1000);
  const endpoints = number('endpoints', 8);
  const milliseconds = number('milliseconds', 50);
  const cases: Record<string, unknown>[] = [];
  // Until the code is compiled a turn costs twice as much.
  await measure(trajectories, endpoints, trajectories, 1);
  for (const slots of (options['slots'] ?? '8,16,all').split(',')) {
    const atOnce = slots === 'all' ? trajectories : Number(slots);
    cases.push({ slots, ...(await measure(trajectories, endpoints, atOnce, milliseconds)) });
  }
  return { trajectories, endpoints, milliseconds, loadAverage: loadavg()[0], cases };
}

async function measure(
  trajectories: number,
  endpoints: number,
  slots: number,
  milliseconds: number,
): Promise<Record<string, unknown>> {
  const stub = fork(
    fileURLToPath(new URL('openai/stub-servers.ts', import.meta.url)),
    [endpoints, slots, milliseconds].map(String),
  );
  try {
    const [urls] = (await once(stub, 'message')) as [string[]];
    const quiet = (): void => undefined;
    const policy = new OpenAiPolicy(
      openAiOptions.parse({ endpoints: urls, model: 'stub', concurrency: slots }),
      undefined,
      {
        logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        random: randomStream(1, 'bench'),
        clock: { now: () => Date.now() },
        metrics: { record: quiet },
      },
    );
    const hit = { id: 'p', title: 'T', text: 'a passage of some words '.repeat(8), score: 1 };
    const search: SearchTool = {
      search: (queries) => Promise.resolve(queries.map(() => ({ status: 'ok' as const, hits: [hit] }))),
    };
    const parts = { policy, search, protocol: createSearchR1Protocol({ instructions: '', passage: '{text}' }) };
    const groupSize = 8;
    const questions = (count: number) =>
      Array.from({ length: count / groupSize }, (_, index) => ({ id: `q${index}`, text: 'Who?', answers: ['x'] }));
    const limits = {
      maxTurns: 4,
      maxTokensPerTurn: 32,
      maxPassageTokens: 100,
      maxObservationTokens: 200,
      topK: 1,
      timeoutSeconds: null,
    };
    const roll = (count: number) =>
      rolloutGroups(parts, {
        questions: questions(count),
        runSeed: 1,
        purpose: 'train',
        step: 1,
        options: { ...limits, groupSize, temperature: 1, topP: 1, concurrency: count },
        signal: new AbortController().signal,
      });
    await roll(Math.min(endpoints * slots, trajectories));
    const [started, before] = [performance.now(), process.cpuUsage()];
    const groups = await roll(trajectories);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(before);
    const all = groups.flatMap((group) => group.trajectories);
    const turns = all.reduce((sum, trajectory) => sum + trajectory.turns.length, 0);
    const rounds = slots >= trajectories ? 4 : Math.ceil(turns / (endpoints * slots));
    const ideal = (rounds * milliseconds) / 1000;
    const processor = (user + system) / 1e6;
    return {
      turns,
      failures: all.filter(({ failure }) => failure !== undefined).length,
      seconds: round(seconds),
      idealSeconds: ideal,
      timesIdeal: round(seconds / ideal),
      processorMicrosecondsPerTurn: Math.round((processor / turns) * 1e6),
      /** What the ideal leaves this process idle: below 0 the processor, not the endpoints, is the limit. */
      idleAtIdeal: round(1 - processor / ideal),
    };
  } finally {
    stub.kill();
  }
}

const round = (value: number): number => Math.round(100 * value) / 100;
