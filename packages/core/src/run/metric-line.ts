/** The metrics every run has, in the order in which they are written. Others follow in alphabetical order. */
export const metricKeys = [
  'step',
  'reward/outcome-mean',
  'reward/turn-mean',
  'groups/all-wrong',
  'groups/mixed',
  'groups/all-correct',
  'groups/dead',
  'groups/near-miss',
  'rollout/turns-mean',
  'rollout/search-rate',
  'rollout/invalid-rate',
  'rollout/tokens',
  'rollout/seconds',
  'update/loss',
  'update/kl',
  'update/clip-fraction',
  'update/entropy',
  'update/gradient-norm',
  'update/seconds',
  'eval/exact-match',
  'eval/f1',
  'eval/gold-retrieved',
] as const;

/**
 * One line of `metrics.jsonl`: keys in a fixed order, numbers as JavaScript prints them (the shortest text that reads
 * back to the same double). A number that is not finite, which JSON cannot hold, is written as null.
 */
export function metricLine(metrics: Readonly<Record<string, number>>): string {
  const known = metricKeys.filter((key) => metrics[key] !== undefined);
  const others = Object.keys(metrics)
    .filter((key) => !(metricKeys as readonly string[]).includes(key))
    .sort();
  return JSON.stringify(Object.fromEntries([...known, ...others].map((key) => [key, metrics[key]])));
}
