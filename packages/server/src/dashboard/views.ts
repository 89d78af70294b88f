import type { Composition, GroupAdvantages, TurnRewards } from '@turnwise/core';

/** How a run stands. `running`: a living process holds its lock. `stopped`: none does, and steps are missing. */
export type RunStatus = 'running' | 'finished' | 'stopped' | 'unreadable';

/** A run as a row of the table of runs. */
export interface RunRow {
  /** Path from the folder the dashboard looks at; `.` for that folder itself. */
  readonly name: string;
  readonly status: RunStatus;
  /** What is wrong with an `unreadable` run; else `null`. */
  readonly problem: string | null;
  readonly strategy: string;
  readonly policy: string;
  readonly seed: number | null;
  /** The last recorded step; -1 before the first record, 0 for the measurement before training. */
  readonly step: number;
  /** Steps the configuration asks for. */
  readonly steps: number;
  /** The last held-out exact match, in [0, 1]; `null` when nothing was measured. */
  readonly exactMatch: number | null;
  /** Median seconds a step over the last steps, rollout and update; `null` before the first. */
  readonly secondsPerStep: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Metrics of a run from a row on, column by column; `null` where a step has no such metric. */
export interface MetricColumns {
  readonly from: number;
  readonly rows: number;
  /** All metrics of these rows. Default: those that have a column. */
  readonly names?: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What is known of a group without opening it. */
export interface GroupSummary {
  /** Line of the step's file, from 0. */
  readonly index: number;
  readonly question: { readonly id: string; readonly text: string };
  readonly composition: Composition;
  readonly state: QuestionState;
  readonly level: GroupAdvantages['level'];
  /** Every advantage is zero. */
  readonly dead: boolean;
  /** Wrong trajectories that had seen gold. */
  readonly nearMisses: number;
  readonly trajectories: number;
  readonly turns: number;
  /** Mean outcome of the trajectories that did not abstain; `null` when all did. */
  readonly outcome: number | null;
}

export interface GroupPage {
  readonly step: number;
  readonly total: number;
  readonly groups: readonly GroupSummary[];
}

/** A group as it was at one step of a question's history. */
export interface QuestionVisit extends Omit<GroupSummary, 'question'> {
  readonly step: number;
}

/** How far all groups of a run have been read; questions can be followed once they are. */
export interface ScanProgress {
  readonly scanned: number;
  readonly files: number;
}

export interface QuestionHistory extends ScanProgress {
  readonly question: { readonly id: string; readonly text: string } | null;
  readonly visits: readonly QuestionVisit[];
}

/** A question of a run with its path through training. */
export interface QuestionRow {
  readonly id: string;
  readonly text: string;
  /** Visits before those that are told. Default: none. */
  readonly earlier?: number;
  /** Oldest first. */
  readonly visits: readonly { readonly step: number; readonly state: QuestionState }[];
}

/** What became of a group, worst first: nobody right and gold never seen, near-missed, some right, all right. */
export type QuestionState = 'all-wrong' | 'near-miss' | 'mixed' | 'all-correct';

export interface QuestionPage extends ScanProgress {
  readonly total: number;
  readonly questions: readonly QuestionRow[];
}

/** What a strategy gives a recorded group. */
export interface GroupCredit {
  readonly strategy: string;
  readonly shaped: readonly TurnRewards[];
  readonly advantages: GroupAdvantages;
}

/** A run changed on disk. */
export interface RunChange {
  readonly name: string;
  /** Lines of metrics recorded so far. */
  readonly rows: number;
}
