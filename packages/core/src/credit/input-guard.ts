/**
 * A record of everything reachable from a value, taken before a plugin reads it, so that a change can be noticed
 * afterwards. Freezing would be simpler, but it turns arrays of log-probabilities into arrays of boxed numbers.
 */
export interface InputGuard {
  /** Whether anything reachable from the value is no longer what it was. */
  hasChanged(): boolean;
}

/**
 * Records plain data: objects, arrays, strings, numbers, booleans, null. A list of numbers becomes a checksum; of a
 * long list the checksum covers a sample.
 */
export function guardInput(value: unknown): InputGuard {
  const before: unknown[] = [];
  record(value, before);
  return { hasChanged: () => compare(value, before, 0) !== before.length };
}

/** Appends every key, length and value, depth first. */
function record(value: unknown, before: unknown[]): void {
  before.push(value);
  if (typeof value !== 'object' || value === null) return;
  if (isNumberList(value)) {
    before.push(value.length, checksum(value));
  } else if (Array.isArray(value)) {
    before.push(value.length);
    for (let index = 0; index < value.length; index++) record(value[index], before);
  } else {
    const fields = value as Readonly<Record<string, unknown>>;
    for (const key in fields) {
      before.push(key);
      record(fields[key], before);
    }
  }
}

const changed = -1;

/**
 * The position in the record after the value, or `changed`. Written out as a second walk beside {@link record}, because
 * it has to be fast.
 */
function compare(value: unknown, before: readonly unknown[], start: number): number {
  let next = start;
  if (!Object.is(value, before[next++])) return changed;
  if (typeof value !== 'object' || value === null) return next;
  if (isNumberList(value)) {
    return before[next] === value.length && Object.is(checksum(value), before[next + 1]) ? next + 2 : changed;
  }
  if (Array.isArray(value)) {
    if (before[next++] !== value.length) return changed;
    for (let index = 0; index < value.length && next !== changed; index++) next = compare(value[index], before, next);
    return next;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    if (before[next++] !== key) return changed;
    next = compare(fields[key], before, next);
    if (next === changed) return changed;
  }
  return next;
}

/** The first and last element decide: an array that starts and ends with numbers holds numbers in our data. */
function isNumberList(value: object): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'number' && typeof value.at(-1) === 'number';
}

/** Longer lists are judged by this many elements spread over them: a step holds millions of tokens. */
const sampledElements = 16;

const element = new Float64Array(1);
/** The same eight bytes as `element`. In a sum of the numbers themselves a large one would hide a small one. */
const words = new Uint32Array(element.buffer);

/**
 * A checksum of the bits of each number, one number after the other, so that it changes when a list is sorted or two
 * numbers are swapped.
 */
function checksum(values: ArrayLike<number>): number {
  const stride = Math.max(1, Math.floor(values.length / sampledElements));
  let sum = 0;
  for (let index = 0; index < values.length; index += stride) {
    const value = values[index] ?? 0;
    element[0] = value;
    // NaN has many bit patterns, and an engine may hand over another one at the second look.
    sum = Number.isNaN(value) ? mix(sum, 1) : mix(mix(sum, words[0] as number), words[1] as number);
  }
  return sum;
}

/** Adds a word to a checksum. From one checksum no two words lead to the same next one. */
function mix(sum: number, word: number): number {
  const product = Math.imul(sum ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
