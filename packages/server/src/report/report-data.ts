import type { GroupLine } from '../dashboard/summarise-group.js';
import type {
  GroupCredit,
  GroupPage,
  MetricColumns,
  QuestionHistory,
  QuestionPage,
  RunRow,
} from '../dashboard/views.js';

/** The groups of a step that a report holds. */
export interface ReportStep {
  /** `total` counts the recorded groups, `groups` are those held. */
  readonly page: GroupPage;
  /** Beside `page.groups`. */
  readonly lines: readonly GroupLine[];
}

/** What a strategy gives a held group, or why it gives nothing. */
export interface ReportCredit {
  readonly step: number;
  readonly index: number;
  readonly strategy: string;
  readonly given: GroupCredit | { readonly failure: string };
}

/** Which part of the run a report holds, in numbers; the page says it in words. */
export interface ReportHoldings {
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
  /** Rows of metrics: neighbouring steps stand for their mean where fewer are held than were recorded. */
  readonly rows: { readonly held: number; readonly recorded: number };
  /** Steps whose groups were recorded, read (for the questions' histories), and are held in part. */
  readonly steps: { readonly held: number; readonly read: number; readonly recorded: number };
  readonly groups: { readonly held: number; readonly read: number };
  readonly questions: { readonly held: number; readonly read: number };
  readonly events: { readonly held: number; readonly recorded: number };
  /** Some texts are held to so many characters only, and end with a note that says so; `null` when all are whole. */
  readonly longestText: number | null;
}

/** What a report carries of its run: everything but most of the groups, of which it has samples. */
export interface ReportData {
  readonly run: RunRow;
  /** Users and passwords in URLs left out. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly events: { readonly events: readonly unknown[]; readonly checkpoints: readonly string[] };
  readonly metrics: MetricColumns;
  readonly steps: readonly ReportStep[];
  readonly strategies: readonly string[];
  readonly credit: readonly ReportCredit[];
  readonly questions: QuestionPage;
  readonly histories: readonly QuestionHistory[];
  readonly holdings: ReportHoldings;
}

/** Bounds of a report, whatever the length of the run. */
export interface ReportLimits {
  /** Rows of metrics. Default 1,000. */
  readonly rows?: number;
  /** Events, the last ones. Default 200. */
  readonly events?: number;
  /** Steps whose groups are read, spread over the run, first and last among them. Default 400. */
  readonly readSteps?: number;
  /** Bytes of their files; reading ends where they are spent. Default 64 MiB. */
  readonly readBytes?: number;
  /** Of them, steps of which groups are held. Default 5. */
  readonly steps?: number;
  /** Groups held of each. Default 6. */
  readonly groups?: number;
  /** Questions whose histories are complete in the groups held: the ones that changed most. Default 2. */
  readonly followed?: number;
  /** Questions with a history. Default 200. */
  readonly questions?: number;
  /** Visits in all histories together. Default 5,000. */
  readonly visits?: number;
  /** Bytes of one group as JSON; its texts are shortened until it fits. Default 256 KiB. */
  readonly groupBytes?: number;
  /** Bytes of all groups and their credit. Default 3 MiB. */
  readonly sampleBytes?: number;
}

export const standardLimits: Required<ReportLimits> = {
  rows: 1000,
  events: 200,
  readSteps: 400,
  readBytes: 64 * 1024 * 1024,
  steps: 5,
  groups: 6,
  followed: 2,
  questions: 200,
  visits: 5000,
  groupBytes: 256 * 1024,
  sampleBytes: 3 * 1024 * 1024,
};
