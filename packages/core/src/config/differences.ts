import { formatPath, showValue, type ConfigPath } from '../schema/index.js';

/** The places in which two plain values differ, each as `path is X, was Y`. */
export function differences(
  now: unknown,
  before: unknown,
  path: ConfigPath = [],
): { path: ConfigPath; text: string }[] {
  if (isContainer(now) && isContainer(before) && Array.isArray(now) === Array.isArray(before)) {
    const keys = new Set([...Object.keys(now), ...Object.keys(before)]);
    return [...keys].flatMap((key) =>
      differences(now[key], before[key], [...path, Array.isArray(now) ? Number(key) : key]),
    );
  }
  if (Object.is(now, before)) return [];
  return [{ path, text: `${formatPath(path)} is ${showValue(now)}, was ${showValue(before)}` }];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
