import { TurnwiseError } from '@turnwise/core';

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
