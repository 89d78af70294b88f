import { z } from 'zod';
import type { TrajectoryGroup, TurnRewards } from '../contract/index.js';
import { groupRow, withTrajectoryIds } from './group-row.js';
import { checkRow } from './parse-row.js';
import { transcriptGroups } from './transcript-groups.js';
import { transcriptRow } from './transcript-row.js';

/** A recorded group, with its rewards where it brought them. */
export interface RecordedGroup extends TrajectoryGroup {
  readonly shaped?: readonly TurnRewards[];
}

const shapedField = z
  .object({
    outcome: z.number({ error: 'expected a number, or null to abstain' }).nullable(),
    correct: z.boolean({ error: 'expected true or false' }),
    turns: z.array(z.number({ error: 'expected a number' })),
    firstOccurrence: z.int().min(0).nullish(),
    answered: z.boolean().nullish(),
    components: z.record(z.string(), z.number()).nullish(),
  })
  .transform(({ outcome, correct, turns, firstOccurrence, answered, components }): TurnRewards => ({
    outcome,
    correct,
    turns,
    ...(firstOccurrence === undefined ? {} : { firstOccurrence }),
    ...(answered == null ? {} : { answered }),
    ...(components == null ? {} : { components }),
  }));

/**
 * A group line of a run folder, by itself: `{question, trajectories}` and, if it was scored before, `shaped`. Token ids
 * and log-probabilities may be missing, a missing trajectory id becomes `<question id>/<index>`.
 */
export const recordedGroupSchema = groupRow
  .extend({ shaped: z.array(shapedField).nullish() })
  .superRefine(({ trajectories, shaped }, context) => {
    if (shaped == null) return;
    const issue = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if (shaped.length !== trajectories.length) {
      issue(['shaped'], `expected one entry for each of the ${trajectories.length} trajectories`);
      return;
    }
    trajectories.forEach(({ turns }, index) => {
      if (shaped[index]?.turns.length === turns.length) return;
      issue(['shaped', index, 'turns'], `expected one reward for each of the ${turns.length} turns`);
    });
  })
  .transform(({ shaped, ...group }): RecordedGroup => ({
    ...withTrajectoryIds(group),
    ...(shaped == null ? {} : { shaped }),
  }));

/**
 * A group of one from a transcript that did not come from a file: `prompt`, `response`, gold answers, under any of the
 * names of `transcript-row.ts`. The response may begin with the prompt.
 *
 * @param place Stands in messages before the number, as a file's name would.
 * @throws DATA_INVALID for a missing question, response or gold answer
 */
export function transcriptGroup(value: unknown, place: string, number: number): TrajectoryGroup {
  const line = { number, text: '' };
  const row = checkRow(place, line, value, transcriptRow);
  // With a group of its own, no other row can join it, and the first row always begins one.
  return transcriptGroups(place)({ ...row, groupKey: null }, line) as TrajectoryGroup;
}
