import type { TrajectoryGroup } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { groupRow, withTrajectoryIds } from './group-row.js';
import { checkRow, invalidLine, parseJson } from './parse-row.js';
import { excerpt } from '../text/index.js';
import { readLines } from './read-lines.js';
import { transcriptGroups } from './transcript-groups.js';
import { transcriptRow } from './transcript-row.js';

/**
 * Reads recorded groups, in the order of the file, from lines of either shape, told apart by their keys:
 *
 * - a group as the run folder writes it, `{question: {...}, trajectories: [...]}`. Token ids and log-probabilities may
 *   be missing or empty, a missing trajectory id becomes `<question id>/<index>`.
 * - a transcript of Search-R1 or verl, `{question, golden_answers, responses: [...]}` or one response a row; see
 *   `transcript-row.ts` for the names that are understood.
 *
 * Throws `DATA_NOT_FOUND`, `DATA_INVALID` with file, line and field, and `DATA_EMPTY` when there is no group.
 */
export async function readGroups(file: string): Promise<TrajectoryGroup[]> {
  const groups: TrajectoryGroup[] = [];
  const addTranscript = transcriptGroups(file);
  for await (const line of readLines(file)) {
    const value = parseJson(file, line);
    const shape = shapeOf(value);
    if (shape === null) throw invalidLine(file, line, `trajectories: ${expected}, got ${keysOf(value)}`);
    const group =
      shape === 'group'
        ? withTrajectoryIds(checkRow(file, line, value, groupRow))
        : addTranscript(checkRow(file, line, value, transcriptRow), line);
    if (group !== null) groups.push(group);
  }
  if (groups.length === 0) {
    throw new TurnwiseError('DATA_EMPTY', `The file ${file} holds no group.`, {
      where: file,
      hint: 'Groups are recorded under trajectories/ of a run folder.',
    });
  }
  return groups;
}

const expected =
  'expected a recorded group {"question": {...}, "trajectories": [...]} or a transcript ' +
  '{"question", "golden_answers", "responses": [...]}';

function shapeOf(value: unknown): 'group' | 'transcript' | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if ('trajectories' in value || ('question' in value && typeof value.question === 'object')) return 'group';
  return ['responses', 'response', 'output'].some((key) => key in value) ? 'transcript' : null;
}

function keysOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object without keys' : `the keys ${excerpt(keys.join(', '))}`;
}
