import type { Question } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { readSourceQuestions } from './source-questions.js';
import { uniqueIds } from './unique-ids.js';

/** Which questions of a file are wanted. */
export interface ReadQuestionsOptions {
  /** Keep only rows whose `split` is this. Default: all rows. */
  readonly split?: string | undefined;
  /** Stop after this many questions, in file order; later lines are not read. Default: no limit. */
  readonly limit?: number | undefined;
}

/**
 * Reads questions from JSON Lines, a JSON array or parquet: `{id, text, answers}` or, as FlashRAG and Search-R1 name
 * them, `{id, question, golden_answers}`; both with optional `hops`, `type`, `supportingIds` (`supporting_ids`) and
 * `split`; or in the columns of Search-R1, HotpotQA, 2WikiMultihopQA or MuSiQue (question-layouts.ts). Other fields are
 * ignored. Passages that a row brings along are not read, and its supporting passages are not known: ids that mean
 * something come with a corpus, which `turnwise data import` makes.
 *
 * Throws `DATA_NOT_FOUND`, `DATA_INVALID` (with file, line and field; also for a question
 * without gold answer), `DATA_DUPLICATE_ID` (with both lines), `DATA_EMPTY` (also when the split holds nothing).
 */
export async function readQuestions(file: string, options: ReadQuestionsOptions = {}): Promise<Question[]> {
  const { split, limit = Number.POSITIVE_INFINITY } = options;
  const questions: Question[] = [];
  const splits = new Set<string>();
  const claim = uniqueIds(file, 'question');
  for await (const { question, split: own, number, leftOut } of readSourceQuestions(file)) {
    if (questions.length >= limit) break;
    claim(question.id, { number });
    if (own !== null) splits.add(own);
    if (leftOut !== null || (split !== undefined && own !== split)) continue;
    questions.push(question);
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
