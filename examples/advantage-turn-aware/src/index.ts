import {
  defineAdvantage,
  groupComposition,
  isFlat,
  scoredOutcomes,
  scoredRewards,
  trajectoryLevelAdvantages,
  turnLevelAdvantages,
  type GroupAdvantages,
  type ShapedGroup,
} from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  scale: z.number().min(0).default(0.5).describe('Multiplies the advantages of groups in which nobody is right.'),
});

/**
 * TSPO (arXiv 2601.22776) as an outsider would write it. Where somebody is right, outcomes are compared, as in GRPO. Where
 * nobody is, the reward of each turn is compared with the same turn of the members that reached it.
 */
export default defineAdvantage({
  id: 'turn-aware',
  version: '0.1.0',
  options,
  create: (_context, { scale }) => ({
    estimate: (groups) =>
      groups.map((group) =>
        groupComposition(group) === 'all-wrong'
          ? turnByTurn(group, scale)
          : trajectoryLevelAdvantages(group, scores(scoredOutcomes(group))),
      ),
  }),
});

function turnByTurn(group: ShapedGroup, scale: number): GroupAdvantages {
  const rows = scoredRewards(group).map(({ turns }) => turns);
  const advantages = rows.map((turns) => turns.map(() => 0));
  const longest = Math.max(0, ...rows.map((turns) => turns.length));
  for (let turn = 0; turn < longest; turn++) {
    const reached = rows.flatMap((turns, member) => (turn < turns.length ? [member] : []));
    const values = scores(reached.map((member) => rows[member]?.[turn] ?? 0));
    for (const [index, member] of reached.entries()) {
      const row = advantages[member];
      if (row !== undefined) row[turn] = scale * (values[index] ?? 0);
    }
  }
  return turnLevelAdvantages(group, advantages);
}

/** (x - mean) / (sample standard deviation + 1e-6); zeros where nothing differs or nobody is there to compare with. */
function scores(values: readonly number[]): number[] {
  const count = values.length;
  if (count < 2 || isFlat(values)) return values.map(() => 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return values.map((value) => (value - mean) / (Math.sqrt(variance) + 1e-6));
}
