import { isFlat, type GroupStatistics } from '../credit/index.js';
import { mean, standardDeviation } from '../statistics/index.js';

/** A number as explanations write it: six significant digits, no trailing zeros. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/**
 * The arithmetic of `standardize` for each of the values, or the guard that made them zero, for example
 * `(0.5 - mean 0.125) / (sd 0.25 + 0.000001)`.
 */
export function describeStandardize(values: readonly number[], statistics: GroupStatistics): string[] {
  if (values.length < 2) return values.map(() => '0: nothing to compare with');
  if (isFlat(values)) return values.map((value) => `0: all ${values.length} values are ${shortNumber(value)}`);
  const leaveOneOut = statistics.baseline === 'leave-one-out';
  const total = mean(values) * values.length;
  const divisor = `sd ${shortNumber(standardDeviation(values, statistics.ddof))} + ${shortNumber(statistics.epsilon)}`;
  return values.map((value) => {
    const center = leaveOneOut ? (total - value) / (values.length - 1) : mean(values);
    const centred = `${shortNumber(value)} - mean ${leaveOneOut ? 'of others ' : ''}${shortNumber(center)}`;
    return statistics.divideByStandardDeviation ? `(${centred}) / (${divisor})` : centred;
  });
}
