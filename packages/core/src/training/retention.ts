/** Which checkpoints of a run stay. */
export interface Retention {
  /** Newest ones that stay; `null`: all. */
  readonly newest: number | null;
  /** Further steps whose checkpoints stay. */
  readonly also: readonly number[];
  /** The newest checkpoint of at most this step stays: a rollback may want it. Absent: none has to. */
  readonly goodBefore?: number;
}

/**
 * The checkpoints that may go.
 *
 * @param steps of the checkpoints there are, in ascending order
 */
export function expendable(steps: readonly number[], { newest, also, goodBefore }: Retention): number[] {
  if (newest === null) return [];
  const good = goodBefore === undefined ? undefined : steps.findLast((step) => step <= goodBefore);
  const older = steps.slice(0, Math.max(0, steps.length - newest));
  return older.filter((step) => step !== good && !also.includes(step));
}

/** Which metric says what the best checkpoint is. */
export interface BestBy {
  readonly metric: string;
  readonly mode: 'max' | 'min';
}

/** Whether a value beats the best so far; the first of equals stays. */
export function isBetter(value: number, best: { readonly value: number } | null, { mode }: BestBy): boolean {
  if (!Number.isFinite(value)) return false;
  return best === null || (mode === 'max' ? value > best.value : value < best.value);
}
