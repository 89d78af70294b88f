import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, saveCheckpoint, transformerConfig } from '@turnwise/engine';
import { fullWork, vocabularySize, wordTokenizer, type Contender, type Times } from './engine/contender.js';
import { policyContender } from './engine/policy-contender.js';
import { round, spread } from './engine/spread.js';
import { shares, threadTimes, type ThreadShares } from './engine/thread-times.js';

const shapes = { d64: { hiddenSize: 64, layerCount: 2 }, d128: { hiddenSize: 128, layerCount: 4 } };

/**
 * Where the second worker's time goes: the work of the benchmark `engine` by the policy on one thread and on two workers in turn,
 * with the processor time of each thread, which says more than the wall on a machine that others use. The `path` of
 * workers is that of the busiest and all of the main thread's; part of the latter is done while workers compute, so
 * speed cannot be worse than `overPath` for want of sharing.
 *
 * Options: `model` (`d64`, `d128`, default both), `repetitions` (default 9), `workers` (default 2). Linux only.
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const [repetitions, workers] = [Number(options['repetitions'] ?? 9), Number(options['workers'] ?? 2)];
  const models: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    if (options['model'] !== undefined && options['model'] !== name) continue;
    const config = transformerConfig({ vocabularySize, ...shape, contextLength: 256, shiftTaps: 0 });
    const folder = await mkdtemp(join(tmpdir(), 'turnwise-bench-'));
    await saveCheckpoint(folder, { engine: createEngine({ config, seed: 1 }), tokenizer: wordTokenizer() });
    models[name] = await compare(folder, workers, repetitions);
  }
  return { unit: 'milliseconds of processor time, medians of the repetitions', work: fullWork, models };
}

type Kind = 'training' | 'sampling';

async function compare(folder: string, workers: number, repetitions: number): Promise<Record<string, unknown>> {
  const alone = await policyContender(folder, 1);
  const before = new Set(threadTimes().keys());
  const together = await policyContender(folder, workers);
  const results: Record<Kind, { readonly one: Times[]; readonly many: (Times & ThreadShares)[] }> = {
    training: { one: [], many: [] },
    sampling: { one: [], many: [] },
  };
  const kinds: [Kind, (contender: Contender) => Promise<Times>][] = [
    ['training', (contender) => contender.train()],
    ['sampling', async (contender) => (await contender.sample()).sampling],
  ];
  for (let repetition = -2; repetition < repetitions; repetition++) {
    for (const [kind, run] of kinds) {
      const [first, one] = await watched(before, 0, () => run(alone));
      const [second, many] = await watched(before, workers, () => run(together));
      if (repetition < 0) continue;
      results[kind].one.push({ ...first, cpu: one.main });
      results[kind].many.push({ ...second, ...many });
    }
  }
  await alone.close();
  await together.close();
  return Object.fromEntries(
    Object.entries(results).map(([kind, { one, many }]) => {
      const main = median(one.map(({ cpu }) => cpu));
      const path = median(many.map((each) => each.main + (each.workers[0] ?? 0)));
      return [
        kind,
        {
          ...(kind === 'sampling' ? { note: 'processor time is of reading the prompts and sampling together' } : {}),
          oneWorker: main,
          main: median(many.map((each) => each.main)),
          workers: Array.from({ length: workers }, (_, place) => median(many.map((each) => each.workers[place] ?? 0))),
          runtime: median(many.map(({ runtime }) => runtime)),
          path,
          overPath: round(main / path),
          wall: { oneWorker: median(one.map(({ wall }) => wall)), workers: median(many.map(({ wall }) => wall)) },
        },
      ];
    }),
  );
}

async function watched(
  before: ReadonlySet<string>,
  count: number,
  work: () => Promise<Times>,
): Promise<[Times, ThreadShares]> {
  const start = threadTimes();
  const times = await work();
  return [times, shares(start, threadTimes(), before, count)];
}

function median(values: readonly number[]): number {
  return spread(values).median;
}
