/**
 * A record of everything reachable from a value, taken before a plugin reads it, so that a change can be noticed
 * afterwards. Freezing would be simpler, but it turns arrays of log-probabilities into arrays of boxed numbers.
 */
export interface InputGuard {
  /** Whether anything reachable from the value is no longer what it was. */
  hasChanged(): boolean;
}

/** Records plain data: objects, arrays, strings, numbers, booleans, null. Long arrays of numbers become a checksum. */
export function guardInput(value: unknown): InputGuard {
  const before = inventory(value);
  return {
    hasChanged() {
      const after = inventory(value);
      return after.length !== before.length || after.some((entry, index) => !Object.is(entry, before[index]));
    },
  };
}

function inventory(value: unknown): unknown[] {
  const entries: unknown[] = [];
  visit(value, entries);
  return entries;
}

function visit(value: unknown, entries: unknown[]): void {
  entries.push(value);
  if (typeof value !== 'object' || value === null) return;
  if (isNumberList(value)) {
    entries.push(value.length, checksum(value));
  } else if (Array.isArray(value)) {
    entries.push(value.length);
    for (const item of value) visit(item, entries);
  } else {
    for (const [key, item] of Object.entries(value)) {
      entries.push(key);
      visit(item, entries);
    }
  }
}

/** The first and last element decide: an array that starts and ends with numbers holds numbers in our data. */
function isNumberList(value: object): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'number' && typeof value.at(-1) === 'number';
}

/** Weighted by position, so that sorting or swapping in place shows. */
function checksum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] ?? 0) * ((index % 8191) + 1);
  return sum;
}
