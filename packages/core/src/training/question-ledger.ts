/** What is known of a training question from the groups it had. */
export interface QuestionRecord {
  /** Groups sampled for it. */
  readonly visits: number;
  /** Step of the last one. */
  readonly lastStep: number;
  /** Moving average of the share of its trajectories that were correct; each visit weighs a half. */
  readonly success: number;
  /** The same of whether its group taught something: an advantage of the configured strategy was not zero. */
  readonly signal: number;
  /** What went wrong in its last visits, those in a row. */
  readonly faults: readonly string[];
  /** Step after which it was set aside; absent while it is asked. */
  readonly quarantinedAt?: number;
}

/** Rows `[id, record]` in the order in which the questions were first asked. */
export type LedgerState = readonly (readonly [string, QuestionRecord])[];

/** How a visit went. */
export interface Visit {
  readonly question: string;
  readonly step: number;
  /** Share of its trajectories that were correct; `null` when it could not be said. */
  readonly success: number | null;
  /** Whether its group taught something. */
  readonly signal: boolean;
  /** What went wrong; `null` for nothing. */
  readonly fault: string | null;
  /** The fault is not the question's: it counts neither way. */
  readonly excused: boolean;
}

const weight = 0.5;

/** Keeps book of every training question that was asked: how hard it is, and whether it is poisoned. */
export class QuestionLedger {
  readonly #records: Map<string, QuestionRecord>;

  constructor(state: LedgerState = []) {
    this.#records = new Map(state);
  }

  get state(): LedgerState {
    return [...this.#records];
  }

  of(question: string): QuestionRecord | undefined {
    return this.#records.get(question);
  }

  isQuarantined(question: string): boolean {
    return this.#records.get(question)?.quarantinedAt !== undefined;
  }

  get quarantined(): number {
    let count = 0;
    for (const { quarantinedAt } of this.#records.values()) if (quarantinedAt !== undefined) count++;
    return count;
  }

  /**
   * Writes a visit down.
   *
   * @param strikes faults in a row after which the question is set aside; `null`: never
   * @returns the record when this visit set the question aside, else `null`
   */
  visit({ question, step, success, signal, fault, excused }: Visit, strikes: number | null): QuestionRecord | null {
    const before = this.#records.get(question);
    const former = before?.faults ?? [];
    const faults = excused ? former : fault === null ? [] : [...former, fault];
    const record: QuestionRecord = {
      visits: (before?.visits ?? 0) + 1,
      lastStep: step,
      success: success === null ? (before?.success ?? 0) : blend(before?.success, success),
      signal: success === null ? (before?.signal ?? 1) : blend(before?.signal, signal ? 1 : 0),
      // Without a limit the list would grow with the run.
      faults: faults.slice(-(strikes ?? 1)),
      ...(before?.quarantinedAt === undefined ? {} : { quarantinedAt: before.quarantinedAt }),
    };
    const isOut = strikes !== null && !excused && faults.length >= strikes && record.quarantinedAt === undefined;
    const kept = isOut ? { ...record, quarantinedAt: step } : record;
    this.#records.set(question, kept);
    return isOut ? kept : null;
  }
}

function blend(past: number | undefined, now: number): number {
  return past === undefined ? now : (1 - weight) * past + weight * now;
}
