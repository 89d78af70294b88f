import { TurnwiseError, type OtherwiseSet } from '@turnwise/core';

/** The names in a list separated by commas. Throws `CONFIG_USAGE` for an empty name or one named twice. */
export function strategyNames(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  const problem = names.includes('')
    ? 'has an empty name'
    : new Set(names).size < names.length
      ? 'names a strategy twice'
      : null;
  if (problem === null) return names;
  throw new TurnwiseError('CONFIG_USAGE', `--strategies ${JSON.stringify(list)} ${problem}.`, {
    hint: 'For example: --strategies tspo,grpo',
  });
}

/** The setting of a strategy that was named by an option of its own, e.g. `--strategies tspo,grpo`. */
export function strategySetting(name: string, typed: string): OtherwiseSet {
  return { text: `strategy=${JSON.stringify(name)}`, typed };
}
