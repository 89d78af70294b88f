import {
  defineAdvantage,
  isFlat,
  scoredOutcomes,
  shortNumber,
  trajectoryLevelAdvantages,
  type ShapedGroup,
} from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  epsilon: z.number().positive().default(1e-6).describe('Added to the mean absolute deviation.'),
});

/**
 * A robust relative of GRPO: A = (r - median) / (mean |r - median| + epsilon), on every turn. One wild reward of a group
 * moves the median less than the mean, and the mean absolute deviation less than the standard deviation.
 */
export default defineAdvantage({
  id: 'median',
  version: '0.1.0',
  options,
  create: (_context, { epsilon }) => ({
    estimate: (groups) =>
      groups.map((group) => {
        const { center, spread, flat } = robustStatistics(group);
        const values = scoredOutcomes(group).map((outcome) => (flat ? 0 : (outcome - center) / (spread + epsilon)));
        return trajectoryLevelAdvantages(group, values);
      }),
    explain: (groups) =>
      groups.map((group) => {
        const { center, spread, flat } = robustStatistics(group);
        return {
          rule: 'each outcome less the median of the group, divided by the mean absolute deviation from it',
          turns: group.shaped.map(({ outcome, turns }) =>
            turns.map(() =>
              outcome === null || flat
                ? null
                : `(${shortNumber(outcome)} - ${shortNumber(center)}) / (${shortNumber(spread)} + ${shortNumber(epsilon)})`,
            ),
          ),
        };
      }),
  }),
});

function robustStatistics(group: ShapedGroup): { center: number; spread: number; flat: boolean } {
  const sorted = scoredOutcomes(group).sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const center = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  const distance = sorted.reduce((sum, outcome) => sum + Math.abs(outcome - center), 0);
  // Equal up to rounding is equal: such a group teaches nothing.
  return { center, spread: distance / Math.max(1, sorted.length), flat: isFlat(sorted) };
}
