import { z } from 'zod';
import type { Question } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { invalidLine, parseRow } from './parse-row.js';
import { readLines } from './read-lines.js';
import { filledText, idField } from './row-fields.js';
import { uniqueIds } from './unique-ids.js';

const answersField = z
  .array(filledText, { error: 'expected a list of gold answers' })
  .min(1, 'a question needs at least one gold answer');

const questionRow = z.object({
  id: idField,
  text: filledText.optional(),
  question: filledText.optional(),
  answers: answersField.optional(),
  golden_answers: answersField.optional(),
  hops: z.int('expected a whole number').positive('expected at least 1').nullish(),
  type: z.string({ error: 'expected text' }).nullish(),
  supportingIds: z.array(idField).nullish(),
  supporting_ids: z.array(idField).nullish(),
  split: z.string({ error: 'expected text' }).nullish(),
});

/** Which questions of a file are wanted. */
export interface ReadQuestionsOptions {
  /** Keep only rows whose `split` is this. Default: all rows. */
  readonly split?: string | undefined;
  /** Stop after this many questions, in file order; later lines are not read. Default: no limit. */
  readonly limit?: number | undefined;
}

/**
 * Reads questions, one JSON object a line: `{id, text, answers}` or, as FlashRAG and Search-R1 name them,
 * `{id, question, golden_answers}`; both with optional `hops`, `type`, `supportingIds` (`supporting_ids`) and `split`.
 * Other fields are ignored. Throws `DATA_NOT_FOUND`, `DATA_INVALID` (with file, line and field; also for a question
 * without gold answer), `DATA_DUPLICATE_ID` (with both lines), `DATA_EMPTY` (also when the split holds nothing).
 */
export async function readQuestions(file: string, options: ReadQuestionsOptions = {}): Promise<Question[]> {
  const { split, limit = Number.POSITIVE_INFINITY } = options;
  const questions: Question[] = [];
  const splits = new Set<string>();
  const claim = uniqueIds(file, 'question');
  for await (const line of readLines(file)) {
    if (questions.length >= limit) break;
    const row = parseRow(file, line, questionRow);
    const text = row.text ?? row.question;
    const answers = row.answers ?? row.golden_answers;
    if (text === undefined) throw invalidLine(file, line, `the question ${row.id} has neither "text" nor "question".`);
    if (answers === undefined) {
      throw invalidLine(file, line, `the question ${row.id} has no gold answer ("answers" or "golden_answers").`);
    }
    claim(row.id, line);
    if (row.split) splits.add(row.split);
    if (split !== undefined && row.split !== split) continue;
    const supportingIds = row.supportingIds ?? row.supporting_ids;
    questions.push({
      id: row.id,
      text,
      answers,
      ...(row.hops == null ? {} : { hops: row.hops }),
      ...(row.type == null ? {} : { type: row.type }),
      ...(supportingIds == null ? {} : { supportingIds }),
    });
  }
  if (questions.length === 0) throw nothingFound(file, split, [...splits]);
  return questions;
}

function nothingFound(file: string, split: string | undefined, splits: readonly string[]): TurnwiseError {
  if (split === undefined) {
    return new TurnwiseError('DATA_EMPTY', `The question file ${file} holds no question.`, {
      where: file,
      hint: 'Write one {"id", "text", "answers"} object a line.',
    });
  }
  const known = splits.length === 0 ? 'its rows name no split' : `its splits are ${splits.join(', ')}`;
  return new TurnwiseError('DATA_EMPTY', `${file} holds no question of the split "${split}": ${known}.`, {
    where: file,
  });
}
