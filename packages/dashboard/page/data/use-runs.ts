import type { RunRow } from '@turnwise/server';
import type { Source } from './source.js';
import { useData } from './use-data.js';
import type { Live } from './use-live.js';

const seen = new WeakMap<Source, readonly RunRow[]>();

/** All runs. Until they are told anew, those that another page was told of, so that a run opens without waiting for the table. */
export function useRuns(
  source: Source,
  live: Live,
): { readonly rows: readonly RunRow[] | null; readonly anew: boolean; readonly error: Error | null } {
  const { value, error } = useData(
    async () => {
      const rows = await source.runs();
      seen.set(source, rows);
      return rows;
    },
    [],
    live.changes,
  );
  return { rows: value ?? seen.get(source) ?? null, anew: value !== null, error };
}
