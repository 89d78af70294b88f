import type { FinishedRun } from '@turnwise/core';

/** What became of the held-out questions that a run missed, or near-missed, before training. */
export interface ConversionOfRun {
  readonly seed: number;
  /** Wrong before training though a gold answer was retrieved: the questions' places. */
  readonly nearMissed: readonly number[];
  /** Wrong, and none was retrieved. */
  readonly missed: readonly number[];
  /** Exact match of each question, averaged over the measurements after the first. */
  readonly later: readonly number[];
  /** The same, at the last measurement alone. */
  readonly last: readonly number[];
}

/** Before training every strategy of a seed is the same policy and draws the same answers, so these questions pair. */
export function conversionOf({ seed, measurements }: FinishedRun): ConversionOfRun {
  const before = measurements[0]?.scores ?? [];
  const after = measurements.slice(1);
  const places = (retrieved: boolean): number[] =>
    before.flatMap(({ exactMatch, goldRetrieved }, place) =>
      exactMatch === 0 && goldRetrieved > 0 === retrieved ? [place] : [],
    );
  return {
    seed,
    nearMissed: places(true),
    missed: places(false),
    later: before.map((_, place) => meanOf(after.map(({ scores }) => scores[place]?.exactMatch ?? Number.NaN))),
    last: before.map((_, place) => after.at(-1)?.scores[place]?.exactMatch ?? Number.NaN),
  };
}

/** Mean of a run's `later` or `last` over some questions. */
export function converted(values: readonly number[], places: readonly number[]): number {
  return meanOf(places.map((place) => values[place] as number));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
