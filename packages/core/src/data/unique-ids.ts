import { TurnwiseError } from '../errors/index.js';
import type { Line } from './read-lines.js';

/** Remembers which line brought which id; the second use of an id throws `DATA_DUPLICATE_ID` naming both lines. */
export function uniqueIds(
  file: string,
  what: 'passage' | 'question',
): (id: string, line: Pick<Line, 'number'>) => void {
  const lines = new Map<string, number>();
  return (id, line) => {
    const first = lines.get(id);
    if (first !== undefined) {
      throw new TurnwiseError(
        'DATA_DUPLICATE_ID',
        `${file}:${line.number}: the ${what} id ${JSON.stringify(id)} was already used in line ${first}.`,
        { where: `${file}:${line.number}`, hint: `Give every ${what} an id of its own.` },
      );
    }
    lines.set(id, line.number);
  };
}
