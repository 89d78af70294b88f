/**
 * Whether two plain values are the same: by content, not by where their prototypes come from. With a tolerance, numbers
 * may differ by that much (relative above 1): sums in another order round differently. NaN equals NaN: that it should
 * not be there is another rule's affair.
 */
export function sameValue(left: unknown, right: unknown, tolerance = 0): boolean {
  if (typeof left === 'number' && typeof right === 'number') {
    if (Object.is(left, right) || left === right) return true;
    return Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(left), Math.abs(right));
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Object.is(left, right);
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length || Array.isArray(left) !== Array.isArray(right)) return false;
  if (left instanceof Date || right instanceof Date) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) &&
      sameValue((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key], tolerance),
  );
}

/** A value for a message, cut where it gets long. */
export function shown(value: unknown): string {
  // Only functions and symbols have no JSON.
  const text = (JSON.stringify(value, odd) as string | undefined) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

/** JSON has no NaN and no infinity. */
const odd = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
