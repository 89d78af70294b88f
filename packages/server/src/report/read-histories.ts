import type { GroupFiles } from '../dashboard/group-files.js';
import { QuestionHistories } from '../dashboard/question-histories.js';
import type { QuestionHistory, QuestionPage, QuestionRow } from '../dashboard/views.js';
import type { ReportLimits } from './report-data.js';
import { shortenTexts } from './shorten-group.js';
import { spread } from './spread.js';

/** Longest question in a list, in characters. */
const longestQuestion = 500;

/** What became of the questions at the steps that were read. */
export interface ReadHistories {
  /** Steps that were read, in the order of {@link spread}: first, last, then between. */
  readonly read: readonly number[];
  /** Steps whose groups were recorded. */
  readonly recorded: number;
  /** Groups at the steps that were read, and the questions they are of. */
  readonly groups: number;
  readonly questions: number;
  /** Those that changed most first. */
  readonly rows: readonly QuestionRow[];
  /** The questions a report holds: those sampled, then those that changed most. */
  selected(sampled: ReadonlySet<string>): { readonly page: QuestionPage; readonly histories: QuestionHistory[] };
}

/**
 * Follows the questions of a run over steps that are spread out, as many as the limits allow: a run of any length is read
 * in bounded time.
 */
export async function readHistories(groups: GroupFiles, limits: Required<ReportLimits>): Promise<ReadHistories> {
  const recorded = await groups.steps();
  const read: number[] = [];
  let bytes = 0;
  for (const place of spread(recorded.length).slice(0, limits.readSteps)) {
    const step = recorded[place] as number;
    bytes += await groups.size(step);
    // The first and the last are read whatever they take.
    if (bytes > limits.readBytes && read.length >= 2) break;
    read.push(step);
  }
  const ascending = [...read].sort((one, other) => one - other);
  const all = new QuestionHistories({
    steps: () => Promise.resolve(ascending),
    summaries: (step) => groups.summaries(step),
  });
  const { questions: rows } = await wholly(() => all.page(0, Number.POSITIVE_INFINITY));
  const progress = { scanned: read.length, files: recorded.length };
  const histories = new Map<string, QuestionHistory>();
  for (const { id } of rows) histories.set(id, { ...(await all.history(id)), ...progress });
  return {
    read,
    recorded: recorded.length,
    groups: rows.reduce((sum, { visits }) => sum + visits.length, 0),
    questions: rows.length,
    rows,
    selected(sampled) {
      const ranked = [...rows.filter(({ id }) => sampled.has(id)), ...rows.filter(({ id }) => !sampled.has(id))];
      const chosen = new Set<string>();
      let visits = 0;
      for (const { id, visits: own } of ranked.slice(0, limits.questions)) {
        visits += own.length;
        if (visits > limits.visits) break;
        chosen.add(id);
      }
      const held = rows.filter(({ id }) => chosen.has(id));
      return {
        page: { ...progress, total: rows.length, questions: shortenTexts(held, longestQuestion) },
        histories: shortenTexts(
          held.flatMap(({ id }) => histories.get(id) ?? []),
          longestQuestion,
        ),
      };
    },
  };
}

/** Histories are read in the background: asks until all is read. */
async function wholly<Part extends { readonly scanned: number; readonly files: number }>(
  ask: () => Promise<Part>,
): Promise<Part> {
  for (;;) {
    const part = await ask();
    if (part.scanned >= part.files) return part;
  }
}
