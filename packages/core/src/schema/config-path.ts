/** A place in a configuration, e.g. `['reward', 0, 'with', 'alpha']`. */
export type ConfigPath = readonly (string | number)[];

/** `reward[0].with.alpha` */
export function formatPath(path: ConfigPath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${part}`))
    .join('');
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: ConfigPath, ancestor: ConfigPath): boolean {
  return ancestor.length <= path.length && ancestor.every((part, index) => String(part) === String(path[index]));
}

/** The value at a path; `undefined` where there is none. Reads own properties only. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** A value as a message shows it: one line, at most 60 characters. */
export function showValue(value: unknown): string {
  // Functions and symbols have no JSON either.
  const text = (JSON.stringify(value) as string | undefined) ?? (value === undefined ? 'nothing' : typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
