import { curveHeight, type FinishedRun } from '@turnwise/core';

type Score = FinishedRun['measurements'][number]['scores'][number];

/** Held-out exact match of one kind of question, a value for each run: the curve's mean height and its last point. */
export interface KindScore {
  readonly questions: number;
  readonly curveHeight: readonly number[];
  readonly exactMatch: readonly number[];
}

/** Chains by their number of facts, and comparisons. */
export function byKind(runs: readonly FinishedRun[]): Readonly<Record<string, KindScore>> {
  const kinds = [...new Set(runs.flatMap(({ measurements }) => (measurements[0]?.scores ?? []).map(kindOf)))].sort();
  return Object.fromEntries(
    kinds.map((kind) => {
      const curves = runs.map(({ measurements }) =>
        measurements.map(({ step, scores }) => {
          const own = scores.filter((score) => kindOf(score) === kind);
          return { step, value: own.reduce((sum, { exactMatch }) => sum + exactMatch, 0) / own.length };
        }),
      );
      return [
        kind,
        {
          questions: (runs[0]?.measurements[0]?.scores ?? []).filter((score) => kindOf(score) === kind).length,
          curveHeight: curves.map(curveHeight),
          exactMatch: curves.map((curve) => curve.at(-1)?.value ?? Number.NaN),
        },
      ];
    }),
  );
}

function kindOf({ type, hops }: Score): string {
  return type === 'bridge' ? `bridge-${hops}` : 'comparison';
}
