import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { randomStream, rolloutGroups, type SearchTool } from '@turnwise/core';
import { createSearchR1Protocol } from '@turnwise/core';
import { OpenAiPolicy, openAiOptions } from '@turnwise/policy-openai';

/**
 * Concurrent trajectories over stub endpoints of a known latency, in a process of their own: how near to what the
 * endpoints could serve at best, and what a turn costs this process. Options: `trajectories` (1000), `endpoints` (8),
 * `slots` (16 requests served at once by each), `milliseconds` (50 a request).
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const number = (name: string, standard: number): number => Number(options[name] ?? standard);
  const trajectories = number('trajectories', 1000);
  const endpoints = number('endpoints', 8);
  const slots = number('slots', 16);
  const milliseconds = number('milliseconds', 50);
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
    await roll(endpoints * slots);
    const [started, before] = [performance.now(), process.cpuUsage()];
    const groups = await roll(trajectories);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(before);
    const all = groups.flatMap((group) => group.trajectories);
    const turns = all.reduce((sum, trajectory) => sum + trajectory.turns.length, 0);
    const ideal = (Math.ceil(turns / (endpoints * slots)) * milliseconds) / 1000;
    return {
      trajectories: all.length,
      turns,
      failures: all.filter(({ failure }) => failure !== undefined).length,
      endpoints,
      slots,
      milliseconds,
      seconds,
      idealSeconds: ideal,
      timesIdeal: Math.round((100 * seconds) / ideal) / 100,
      processorMicrosecondsPerTurn: Math.round((user + system) / turns),
    };
  } finally {
    stub.kill();
  }
}
