import {
  crossedBootstrap,
  curveHeight,
  deepestFall,
  exactMatchCurve,
  holm,
  signFlipTest,
  stepsTo,
  type FinishedRun,
  type Interval,
} from '@turnwise/core';

/** A strategy against the baseline, on the same seeds and questions. */
export interface AgainstBaseline {
  readonly measure: 'curveHeight' | 'exactMatch';
  readonly strategy: string;
  readonly mean: number;
  readonly baseline: number;
  readonly difference: number;
  /** The difference as a share of the baseline's mean. */
  readonly relative: number;
  /** 95% bootstrap over seeds and questions. */
  readonly interval: Interval;
  readonly seeds: readonly number[];
  readonly seedsAhead: number;
  /** Sign-flip test over seeds, and corrected (Holm) for all strategies of this list and measure. */
  readonly p: number;
  readonly holm: number;
}

/** How fast and how steady a strategy was, over its seeds. */
export interface Pace {
  readonly strategy: string;
  readonly curveHeight: readonly number[];
  readonly exactMatch: readonly number[];
  /** First measured step at or above each threshold; null: never. */
  readonly stepsTo: Readonly<Record<string, readonly (number | null)[]>>;
  /** Standard deviation over seeds of the curve's height and of the last point. */
  readonly deviation: { readonly curveHeight: number; readonly exactMatch: number };
  readonly deepestFall: readonly number[];
}

type Measure = AgainstBaseline['measure'];

export function againstBaseline(
  runs: ReadonlyMap<string, readonly FinishedRun[]>,
  baseline: string,
  measure: Measure,
): AgainstBaseline[] {
  const other = scores(runs.get(baseline) ?? [], measure);
  const others = [...runs].filter(([strategy]) => strategy !== baseline);
  const raw = others.map(([strategy, own]) => {
    const left = scores(own, measure);
    const seeds = [...left.keys()].filter((seed) => other.has(seed));
    const row = (table: Map<number, number[]>, seed: number): number[] => table.get(seed) as number[];
    const table = seeds.map((seed) =>
      row(left, seed).map((value, place) => value - (row(other, seed)[place] as number)),
    );
    const bySeed = table.map(mean);
    const base = mean(seeds.map((seed) => mean(row(other, seed))));
    const difference = mean(bySeed);
    return {
      measure,
      strategy,
      mean: base + difference,
      baseline: base,
      difference,
      relative: difference / base,
      interval: crossedBootstrap(table, { over: 'both', resamples: 10_000 }),
      seeds: bySeed,
      seedsAhead: bySeed.filter((value) => value > 0).length,
      p: signFlipTest(bySeed).p,
    };
  });
  const corrected = holm(raw.map(({ p }) => p));
  return raw.map((result, index) => ({ ...result, holm: corrected[index] as number }));
}

export function paceOf(strategy: string, runs: readonly FinishedRun[], thresholds: readonly number[]): Pace {
  const curves = runs.map(exactMatchCurve);
  const heights = curves.map(curveHeight);
  const last = curves.map((curve) => curve.at(-1)?.value ?? Number.NaN);
  return {
    strategy,
    curveHeight: heights,
    exactMatch: last,
    stepsTo: Object.fromEntries(thresholds.map((level) => [level, curves.map((curve) => stepsTo(level, curve))])),
    deviation: { curveHeight: deviation(heights), exactMatch: deviation(last) },
    deepestFall: curves.map(deepestFall),
  };
}

/** By seed: for each held-out question the last score, or its mean over training weighted as the curve's height. */
function scores(runs: readonly FinishedRun[], measure: Measure): Map<number, number[]> {
  return new Map(
    runs.map(({ seed, measurements }) => [
      seed,
      (measurements.at(-1)?.scores ?? []).map(({ exactMatch }, place) =>
        measure === 'exactMatch'
          ? exactMatch
          : curveHeight(
              measurements.map(({ step, scores: all }) => ({ step, value: all[place]?.exactMatch ?? Number.NaN })),
            ),
      ),
    ]),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1));
}
