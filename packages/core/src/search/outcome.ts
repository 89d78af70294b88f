import type { SearchOutcome } from '../contract/index.js';

/** An outcome without hits: the infrastructure failed. The message is for the log, never for the policy. */
export function failedOutcome(status: 'timeout' | 'error', message: string): SearchOutcome {
  return { status, hits: [], message };
}

/** Whether the infrastructure failed, so that the trajectory must not be trained on. */
export function isFailure({ status }: SearchOutcome): boolean {
  return status === 'timeout' || status === 'error';
}

/**
 * An outcome as its contract says, whatever a tool returned: no more hits than asked for, none beside a failure,
 * `empty` without hits, `ok` with hits; a status outside the four is an error.
 */
export function coherentOutcome(outcome: SearchOutcome, topK: number): SearchOutcome {
  const { hits, message } = outcome;
  // Tools are written by others: their word is read, not believed.
  const status: string = outcome.status;
  const note = message === undefined ? {} : { message };
  if (status === 'timeout' || status === 'error') return { status, hits: [], ...note };
  if (status !== 'ok' && status !== 'empty') return failedOutcome('error', `the search tool gave the status ${status}`);
  const kept = hits.length > topK ? hits.slice(0, topK) : hits;
  return { status: kept.length === 0 ? 'empty' : 'ok', hits: kept, ...note };
}
