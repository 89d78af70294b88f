/**
 * Holm's step-down correction for several tests at once: adjusted p-values in the order given, each in [0, 1] and at
 * least the original. Rejecting where the adjusted value is at most a keeps the chance of any false rejection at or
 * below a, however the tests depend on each other (Holm 1979). NaN stays NaN and is not counted as a test.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.flatMap((p, index) => (Number.isNaN(p) ? [] : [index]));
  order.sort((left, right) => (pValues[left] as number) - (pValues[right] as number));
  const adjusted = pValues.map(() => Number.NaN);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (order.length - rank) * (pValues[index] as number)));
    adjusted[index] = running;
  });
  return adjusted;
}
