import type {
  GroupCredit,
  GroupPage,
  MetricColumns,
  QuestionHistory,
  QuestionPage,
  ReportHoldings,
  RunChange,
  RunRow,
} from '@turnwise/server';
import type { RecordedGroupLine } from './group-line.js';

/** The parts of a run's manifest that are shown. */
export interface Manifest {
  readonly createdAt: string;
  readonly strategy: string;
  readonly seed: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly plugins: readonly Readonly<Record<string, unknown>>[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
}

export interface RunEvents {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly checkpoints: readonly string[];
}

/** Where the page's data comes from: a server that follows runs, or the page itself when it is a report. */
export interface Source {
  /** A report of one run has no table of runs and nothing to follow. */
  readonly kind: 'live' | 'report';
  /** Which part of the run a report holds; absent where everything can be asked for. */
  readonly holdings?: ReportHoldings;
  /** Whether a recorded group can be opened. */
  holds(step: number, index: number): boolean;
  runs(): Promise<readonly RunRow[]>;
  manifest(run: string): Promise<Manifest>;
  events(run: string): Promise<RunEvents>;
  /** Metrics from a row on; those of some names, or all. A source may answer with more than was asked. */
  metrics(run: string, from: number, names?: readonly string[]): Promise<MetricColumns>;
  steps(run: string): Promise<readonly number[]>;
  groups(run: string, step: number): Promise<GroupPage>;
  group(run: string, step: number, index: number): Promise<RecordedGroupLine>;
  /** Names of strategies that recorded groups can be credited by. */
  strategies(): Promise<readonly string[]>;
  credit(run: string, step: number, index: number, strategy: string): Promise<GroupCredit>;
  /** `words`: only questions whose text or id holds all of them. A source may leave that to whoever asks. */
  questions(run: string, offset: number, limit: number, words?: string): Promise<QuestionPage>;
  question(run: string, id: string): Promise<QuestionHistory>;
  /** Calls back when runs grow, appear or go, until the returned function is called. */
  watch(listener: (changed: readonly RunChange[], gone: readonly string[]) => void): () => void;
}
