import type { GroupSummary, QuestionRow, QuestionState } from '../dashboard/views.js';

/** Groups that show most come first: those in which credit has something to tell apart. */
const order: readonly QuestionState[] = ['near-miss', 'mixed', 'all-wrong', 'all-correct'];

/**
 * The groups of a step worth showing, best first: one of each state, then the second of each, and so on. Among near-missed
 * groups those come first in which as many saw gold as did not; among mixed ones those whose outcomes differ most, and
 * among the others the ones with most turns; of equals the earlier one.
 */
export function chooseGroups(groups: readonly GroupSummary[], most: number): GroupSummary[] {
  const ranked = order.map((state) =>
    groups.filter((group) => group.state === state).sort((one, other) => tension(other) - tension(one)),
  );
  const chosen: GroupSummary[] = [];
  for (let rank = 0; chosen.length < most && ranked.some((list) => list.length > rank); rank++) {
    chosen.push(...ranked.flatMap((list) => list[rank] ?? []));
  }
  return chosen.slice(0, most);
}

function tension({ composition, nearMisses, outcome, trajectories, turns }: GroupSummary): number {
  const members = Math.max(1, trajectories);
  if (composition === 'mixed') return (outcome ?? 0) * (1 - (outcome ?? 0));
  return nearMisses > 0 ? (nearMisses / members) * (1 - nearMisses / members) : turns / 1e6;
}

/** Visits at which a question came out otherwise than the time before, with its first and its last; at most so many. */
export function turningPoints({ visits }: QuestionRow, most = 4): number[] {
  const steps = visits
    .filter(({ state }, at) => at === 0 || at === visits.length - 1 || visits[at - 1]?.state !== state)
    .map(({ step }) => step);
  if (steps.length <= most) return steps;
  return Array.from({ length: most }, (_, at) => steps[Math.round((at * (steps.length - 1)) / (most - 1))] as number);
}
