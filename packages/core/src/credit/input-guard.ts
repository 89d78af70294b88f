/**
 * A record of everything reachable from a value, taken before a plugin reads it, so that a change can be noticed
 * afterwards. Freezing would be simpler, but it turns arrays of log-probabilities into arrays of boxed numbers.
 */
export interface InputGuard {
  /** Whether anything reachable from the value is no longer what it was. */
  hasChanged(): boolean;
}

/**
 * Records plain data: objects, arrays, strings, numbers, booleans, null. Lists of numbers become a checksum, the long
 * ones of a sample.
 */
export function guardInput(value: unknown): InputGuard {
  const before: unknown[] = [];
  walk(value, (entry) => {
    before.push(entry);
    return true;
  });
  return {
    hasChanged() {
      let position = 0;
      const same = walk(value, (entry) => Object.is(entry, before[position++]));
      return !same || position !== before.length;
    },
  };
}

/** Shows every key, length and value to `take`, depth first, until it answers false. */
function walk(value: unknown, take: (entry: unknown) => boolean): boolean {
  if (!take(value)) return false;
  if (typeof value !== 'object' || value === null) return true;
  if (isNumberList(value)) return take(value.length) && take(checksum(value));
  if (Array.isArray(value)) {
    if (!take(value.length)) return false;
    for (const item of value) if (!walk(item, take)) return false;
    return true;
  }
  const record = value as Readonly<Record<string, unknown>>;
  for (const key in record) if (!take(key) || !walk(record[key], take)) return false;
  return true;
}

/** The first and last element decide: an array that starts and ends with numbers holds numbers in our data. */
function isNumberList(value: object): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'number' && typeof value.at(-1) === 'number';
}

/** Longer lists are judged by this many elements spread over them: a step holds millions of tokens. */
const sampledElements = 16;

/** Weighted by position, so that sorting or swapping in place shows. */
function checksum(values: ArrayLike<number>): number {
  const stride = Math.max(1, Math.floor(values.length / sampledElements));
  let sum = 0;
  for (let index = 0; index < values.length; index += stride) sum += (values[index] ?? 0) * (index + 1);
  return sum;
}
