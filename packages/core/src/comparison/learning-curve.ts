/** A held-out score over training. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/**
 * Weights of the points of a curve in its mean height, by the trapezoidal rule: they sum to 1. The mean height of the
 * curve says who learned faster, which its last point alone hides.
 */
export function heightWeights(steps: readonly number[]): number[] {
  const first = steps[0] ?? 0;
  const length = (steps.at(-1) ?? 0) - first;
  if (length === 0) return steps.map(() => 1 / steps.length);
  return steps.map((step, index) => {
    const before = steps[index - 1] ?? step;
    const after = steps[index + 1] ?? step;
    return (after - before) / 2 / length;
  });
}

/** Mean height of a curve: its area divided by its length in steps. NaN without points. */
export function curveHeight(curve: readonly CurvePoint[]): number {
  if (curve.length === 0) return Number.NaN;
  const weights = heightWeights(curve.map(({ step }) => step));
  return curve.reduce((sum, { value }, index) => sum + value * (weights[index] as number), 0);
}

/** First measured step at which the score is at least the threshold; `null` when none is. */
export function stepsTo(threshold: number, curve: readonly CurvePoint[]): number | null {
  return curve.find(({ value }) => value >= threshold)?.step ?? null;
}

/** How far the curve ever fell below its own best until then. 0 for one that never falls. */
export function deepestFall(curve: readonly CurvePoint[]): number {
  let best = Number.NEGATIVE_INFINITY;
  let fall = 0;
  for (const { value } of curve) {
    best = Math.max(best, value);
    fall = Math.max(fall, best - value);
  }
  return fall;
}
