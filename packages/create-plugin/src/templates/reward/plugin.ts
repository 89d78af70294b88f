import { defineReward, exactMatch, type Trajectory } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  cost: z.number().min(0).max(1).default(0.05).describe('Taken off for each search of a trajectory.'),
});

/** 1 for a right answer and 0 for a wrong one, less `cost` a search, the same on every turn. */
export default defineReward({
  apiVersion: 2,
  id: '__ID__',
  version: '0.1.0',
  options,
  create: (_context, { cost }) => ({
    shape: ({ question, trajectories }) =>
      trajectories.map(({ turns, answer, failure }) => {
        const correct = answer !== null && exactMatch(answer, question.answers) === 1;
        const reward = (correct ? 1 : 0) - cost * searches(turns);
        // What infrastructure ended says nothing about the policy: null abstains, and nothing is learned from it.
        const outcome = failure === undefined ? reward : null;
        return { outcome, correct, answered: answer !== null, turns: turns.map(() => outcome ?? 0) };
      }),
  }),
});

const searches = (turns: Trajectory['turns']): number => turns.filter(({ action }) => action.kind === 'search').length;
