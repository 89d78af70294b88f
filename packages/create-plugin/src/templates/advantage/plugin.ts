import { defineAdvantage, isFlat, mean, scoredOutcomes, trajectoryLevelAdvantages } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  scale: z.number().positive().default(1).describe('Multiplies every advantage.'),
});

/** How much better a trajectory's outcome is than the mean of its group, on every turn of it: A = scale (r - mean r). */
export default defineAdvantage({
  id: '__ID__',
  version: '0.1.0',
  options,
  create: (_context, { scale }) => ({
    estimate: (groups) =>
      groups.map((group) => {
        // Members that abstain are not among these; trajectoryLevelAdvantages gives them zero.
        const outcomes = scoredOutcomes(group);
        // A flat group teaches nothing, exactly: its mean may be off by a rounding error.
        const flat = isFlat(outcomes);
        const baseline = mean(outcomes);
        return trajectoryLevelAdvantages(
          group,
          outcomes.map((outcome) => (flat ? 0 : scale * (outcome - baseline))),
        );
      }),
  }),
});
