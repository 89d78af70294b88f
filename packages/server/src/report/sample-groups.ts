import type { GroupFiles } from '../dashboard/group-files.js';
import { replayCredit } from '../dashboard/replay-credit.js';
import { parseGroupLine, type GroupLine } from '../dashboard/summarise-group.js';
import type { GroupSummary } from '../dashboard/views.js';
import type { CreditStrategies } from '../services.js';
import { chooseGroups, turningPoints } from './choose-groups.js';
import type { ReadHistories } from './read-histories.js';
import type { ReportCredit, ReportData, ReportLimits } from './report-data.js';
import { shortenGroup, shortenTexts } from './shorten-group.js';

interface Place {
  readonly step: number;
  readonly summary: GroupSummary;
}

interface Samples extends Pick<ReportData, 'steps' | 'credit'> {
  readonly longestText: number | null;
}

/**
 * The groups a report holds, with what each strategy gives them: of a few steps spread over the run those that show most,
 * and of the questions that changed most the groups in which they did; as many of them as the bytes allow.
 */
export async function sampleGroups(
  files: GroupFiles,
  histories: ReadHistories,
  credit: CreditStrategies | null,
  limits: Required<ReportLimits>,
): Promise<Samples> {
  const held = new Map<number, { summary: GroupSummary; line: GroupLine }[]>();
  const credits: ReportCredit[] = [];
  const longest: number[] = [];
  let bytes = 0;
  for (const { step, summary } of await candidates(files, histories, limits)) {
    const text = await files.line(step, summary.index);
    const line = text === null ? null : parseGroupLine(text);
    const short = line === null ? null : shortenGroup(line, limits.groupBytes);
    if (text === null || short === null) continue;
    const given = await creditOf(text, step, summary.index, credit);
    const size = short.bytes + Buffer.byteLength(JSON.stringify(given));
    if (bytes + size > limits.sampleBytes) continue;
    bytes += size;
    if (short.longestText !== null) longest.push(short.longestText);
    held.set(step, [...(held.get(step) ?? []), { summary, line: short.line }]);
    credits.push(...given);
  }
  const steps: ReportData['steps'][number][] = [];
  for (const [step, groups] of [...held].sort(([one], [other]) => one - other)) {
    const total = (await files.summaries(step))?.length ?? groups.length;
    const inOrder = groups.sort((one, other) => one.summary.index - other.summary.index);
    const page = {
      step,
      total,
      groups: shortenTexts(
        inOrder.map(({ summary }) => summary),
        500,
      ),
    };
    steps.push({ page, lines: inOrder.map(({ line }) => line) });
  }
  return { steps, credit: credits, longestText: longest.length === 0 ? null : Math.min(...longest) };
}

/** In the order of their worth: the best of every step before the second of any. */
async function candidates(
  files: GroupFiles,
  histories: ReadHistories,
  limits: Required<ReportLimits>,
): Promise<Place[]> {
  const bySteps: Place[][] = [];
  for (const step of histories.read) {
    if (bySteps.length === limits.steps) break;
    const groups = await files.summaries(step);
    if (groups === null || groups.length === 0) continue;
    bySteps.push(chooseGroups(groups, limits.groups).map((summary) => ({ step, summary })));
  }
  const followed: Place[] = [];
  const changed = histories.rows.filter(({ visits }) => visits.some(({ state }) => state !== visits[0]?.state));
  for (const row of changed.slice(0, limits.followed)) {
    for (const step of turningPoints(row)) {
      const summary = (await files.summaries(step))?.find(({ question }) => question.id === row.id);
      if (summary !== undefined) followed.push({ step, summary });
    }
  }
  const ranked: Place[] = [];
  for (let rank = 0; rank < limits.groups; rank++) {
    ranked.push(...bySteps.flatMap((places) => places[rank] ?? []));
    // After the best of every step, whose question may be the same.
    if (rank === 0) ranked.push(...followed);
  }
  const key = ({ step, summary }: Place): string => `${step}/${summary.index}`;
  return ranked.filter((place, at) => ranked.findIndex((each) => key(each) === key(place)) === at);
}

/** A strategy that refuses a group says why, as the dashboard would. */
async function creditOf(
  line: string,
  step: number,
  index: number,
  credit: CreditStrategies | null,
): Promise<ReportCredit[]> {
  const credits: ReportCredit[] = [];
  for (const strategy of credit?.names ?? []) {
    const given = await replayCredit(credit as CreditStrategies, line, strategy, new AbortController().signal).catch(
      (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
    );
    credits.push({ step, index, strategy, given: shortenTexts(given, 300) });
  }
  return credits;
}
