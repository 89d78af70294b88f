import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holm, readFinishedRun, signFlipTest, type FinishedRun } from '@turnwise/core';
import { againstBaseline, paceOf } from './tspo/against-baseline.js';
import { byKind } from './tspo/by-kind.js';
import { conversionOf, converted } from './tspo/conversion.js';
import { creditSpread } from './tspo/credit-spread.js';
import { readGroups, type RecordedGroup } from './tspo/recorded-group.js';
import { byThirds } from './tspo/search-and-read.js';
import { tables, type Findings } from './tspo/tables.js';

/**
 * Reads the folder of a `turnwise compare` and asks it the questions of docs/benchmarks/tspo.md: who is ahead of the
 * baseline, how fast and how steadily, what became of near-misses, what searching and what reading came to, and how far
 * credit told turns apart. Trains nothing.
 *
 * Options: `runs` (the folder), `strategies` and `seeds` (comma-separated; default: all that are there), `baseline`
 * (default `grpo`), `family` (strategies whose tests are corrected together; default: all), `thresholds` (default
 * `0.2,0.3,0.4`), `markdown` (a file for the tables).
 */
export default async function bench(options: Record<string, string>): Promise<Record<string, unknown>> {
  const { runs: folder, baseline = 'grpo' } = options;
  if (folder === undefined) throw new RangeError('runs=FOLDER names the folder of a turnwise compare');
  const runs = await readRuns(join(folder, 'runs'), options['strategies']?.split(','), options['seeds']?.split(','));
  const family = options['family']?.split(',') ?? [...runs.keys()];
  const tested = new Map([...runs].filter(([strategy]) => strategy === baseline || family.includes(strategy)));
  const groups = new Map<string, RecordedGroup[]>();
  for (const [strategy, own] of runs) {
    groups.set(strategy, (await Promise.all(own.map((run) => readGroups(run.folder)))).flat());
  }
  const found = {
    baseline,
    seeds: Object.fromEntries([...runs].map(([strategy, own]) => [strategy, own.map(({ seed }) => seed)])),
    budget: budgetOf([...runs.values()][0]?.[0]),
    against: runs.has(baseline)
      ? [...againstBaseline(tested, baseline, 'curveHeight'), ...againstBaseline(tested, baseline, 'exactMatch')]
      : [],
    pace: [...runs].map(([strategy, own]) =>
      paceOf(strategy, own, (options['thresholds'] ?? '0.2,0.3,0.4').split(',').map(Number)),
    ),
    conversion: conversions(runs, baseline),
    kinds: [...runs].map(([strategy, own]) => ({ strategy, kinds: byKind(own) })),
    credit: [...groups].map(([strategy, own]) => ({
      strategy,
      ...creditSpread(own.map(({ advantages }) => advantages)),
    })),
    thirds: [...groups].map(([strategy, own]) => ({ strategy, thirds: byThirds(own) })),
  };
  if (options['markdown'] !== undefined) await writeFile(options['markdown'], `${tables(found)}\n`);
  return found;
}

/** Finished runs by strategy, by seed; those of a strategy that is not asked for, or are not finished, are left out. */
async function readRuns(
  folder: string,
  strategies: readonly string[] | undefined,
  seeds: readonly string[] | undefined,
): Promise<Map<string, FinishedRun[]>> {
  const found = (await readdir(folder)).flatMap((name) => {
    const [, strategy, seed] = /^(.+)-seed(\d+)$/.exec(name) ?? [];
    return strategy === undefined || seed === undefined ? [] : [{ name, strategy, seed }];
  });
  const wanted = found.filter(
    ({ strategy, seed }) => (strategies?.includes(strategy) ?? true) && (seeds?.includes(seed) ?? true),
  );
  const order = strategies ?? [...new Set(wanted.map(({ strategy }) => strategy))].sort();
  const runs = new Map<string, FinishedRun[]>(order.map((strategy) => [strategy, []]));
  for (const { name, strategy } of wanted.sort((left, right) => Number(left.seed) - Number(right.seed))) {
    const run = await readFinishedRun(join(folder, name), strategy).catch(() => null);
    if (run !== null && run.measurements.at(-1)?.step === run.manifest.config.training.steps) {
      runs.get(strategy)?.push(run);
    }
  }
  return new Map([...runs].filter(([, own]) => own.length > 0));
}

function budgetOf(run: FinishedRun | undefined): unknown {
  if (run === undefined) return null;
  const { rollout, training, policy } = run.manifest.config;
  return { policy, rollout, training, engine: run.manifest.versions };
}

/** Of the questions wrong before training: how many are right later, and the paired difference to the baseline. */
function conversions(runs: ReadonlyMap<string, readonly FinishedRun[]>, baseline: string): Findings['conversion'] {
  const base = new Map(runs.get(baseline)?.map((run) => [run.seed, conversionOf(run)]));
  const rows = [...runs].map(([strategy, all]) => {
    const own = all.map(conversionOf);
    const rate = (early: 'nearMissed' | 'missed', when: 'later' | 'last'): number =>
      mean(own.map((run) => converted(run[when], run[early])));
    const differences = own.flatMap((run) => {
      const other = base.get(run.seed);
      return other === undefined || strategy === baseline
        ? []
        : [converted(run.later, run.nearMissed) - converted(other.later, other.nearMissed)];
    });
    return {
      strategy,
      nearMissed: own.map((run) => run.nearMissed.length),
      missed: own.map((run) => run.missed.length),
      solvedLater: { nearMissed: rate('nearMissed', 'later'), missed: rate('missed', 'later') },
      solvedAtEnd: { nearMissed: rate('nearMissed', 'last'), missed: rate('missed', 'last') },
      againstBaseline: { differences, difference: mean(differences), p: signFlipTest(differences).p },
    };
  });
  const tested = rows.filter(({ strategy }) => strategy !== baseline);
  const corrected = holm(tested.map(({ againstBaseline: { p } }) => p));
  return rows.map((row) => ({ ...row, holm: corrected[tested.indexOf(row)] ?? null }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
