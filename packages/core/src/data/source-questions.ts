import { TurnwiseError } from '../errors/index.js';
import { checkRow } from './parse-row.js';
import { excerpt } from '../text/index.js';
import { layoutOf, questionLayouts, type QuestionLayout, type SourceQuestion } from './question-layouts.js';
import { readRows } from './read-rows.js';

/** A question of a file with where it stands. */
export interface SourceRow extends SourceQuestion {
  /** Line, element or row, from 1. */
  readonly number: number;
  /** Name of the layout of its file. */
  readonly layout: string;
}

/**
 * Reads the questions of a file of JSON Lines, a JSON array or parquet, in any layout that is understood. The columns of
 * the first row decide which one it is.
 *
 * @throws DATA_NOT_FOUND, and DATA_INVALID: an unknown layout with what was found and what is accepted, or a row that is
 *   not of the file's layout with its number and field
 */
export async function* readSourceQuestions(file: string): AsyncGenerator<SourceRow> {
  let layout: QuestionLayout | null = null;
  const rows = readRows(file, (columns) => {
    layout = knownLayout(file, columns);
    return columns.filter((name) => (layout as QuestionLayout).columns.includes(name));
  });
  for await (const { number, value } of rows) {
    layout ??= knownLayout(file, columnsOf(value), number);
    const own: QuestionLayout = layout;
    yield { number, layout: own.name, ...checkRow(file, { number }, value, own.row) };
  }
}

function columnsOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function knownLayout(file: string, columns: readonly string[], number?: number): QuestionLayout {
  const layout = layoutOf(columns);
  if (layout !== null) return layout;
  const where = number === undefined ? file : `${file}:${number}`;
  const found = columns.length === 0 ? 'no columns' : `the columns ${excerpt(columns.join(', '), 160)}`;
  const accepted = questionLayouts.map(({ name, needs }) => `${name}: ${(needs[0] ?? []).join(', ')}`).join('; ');
  throw new TurnwiseError('DATA_INVALID', `${where}: these are no questions that are understood: found ${found}.`, {
    where,
    hint: `Accepted: ${accepted}.`,
  });
}
