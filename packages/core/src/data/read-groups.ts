import type { TrajectoryGroup } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { groupRow } from './group-row.js';
import { parseRow } from './parse-row.js';
import { readLines } from './read-lines.js';

/**
 * Reads recorded groups one at a time, as the run folder writes them. Only `question` and `trajectories` are needed;
 * token ids and log-probabilities may be missing or empty, a missing trajectory id becomes `<question id>/<index>`.
 * Throws `DATA_NOT_FOUND` and `DATA_INVALID` with file, line and field.
 */
export async function* streamGroups(file: string): AsyncGenerator<TrajectoryGroup> {
  for await (const line of readLines(file)) {
    const { question, trajectories } = parseRow(file, line, groupRow);
    yield {
      question,
      trajectories: trajectories.map(({ id, ...rest }, index) => ({ id: id ?? `${question.id}/${index}`, ...rest })),
    };
  }
}

/** All groups of a file, see {@link streamGroups}. Throws `DATA_EMPTY` when there is none. */
export async function readGroups(file: string): Promise<TrajectoryGroup[]> {
  const groups: TrajectoryGroup[] = [];
  for await (const group of streamGroups(file)) groups.push(group);
  if (groups.length === 0) {
    throw new TurnwiseError('DATA_EMPTY', `The file ${file} holds no group.`, {
      where: file,
      hint: 'Groups are recorded under trajectories/ of a run folder.',
    });
  }
  return groups;
}
