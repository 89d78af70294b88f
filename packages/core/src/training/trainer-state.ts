import type { LedgerState } from './question-ledger.js';
import type { WatchdogState } from './watchdog.js';

/** The best held-out (or other) value of a run so far, and the step it was measured after. */
export interface BestValue {
  readonly step: number;
  readonly value: number;
}

/**
 * What the training loop knows between two steps, beside the weights. A checkpoint holds it, so that a run that goes on
 * does what one that was never stopped would have done. Plain JSON.
 */
export interface TrainerState {
  /** Updates the weights have had; not the step, as a step may make several or none. */
  readonly updates: number;
  /** Where the next step's questions are: pass over the data and position within it, both from 0. */
  readonly data: { readonly pass: number; readonly position: number };
  /** Events recorded so far: whoever goes on forgets later ones. */
  readonly events: number;
  readonly best: BestValue | null;
  /** Random streams and own state of the plugins, by `<kind> <id>`. */
  readonly plugins: Readonly<Record<string, unknown>>;
  /** How hard each question is found to be, and which are set aside. Absent: nothing is known. */
  readonly questions?: LedgerState;
  /** Absent: it begins to watch. */
  readonly watchdog?: WatchdogState;
  /** How often the run went back. Absent: 0. */
  readonly rollbacks?: number;
}

/** Something that happened in a run beside its metrics. One line of `events.jsonl`. */
export interface TrainingEvent {
  readonly step: number;
  readonly kind: string;
  /** For people. */
  readonly message: string;
  readonly [detail: string]: unknown;
}

/** Keeps what plugins know in checkpoints. */
export interface SavesPlugins {
  save(): Readonly<Record<string, unknown>>;
  restore(saved: never): void;
}
