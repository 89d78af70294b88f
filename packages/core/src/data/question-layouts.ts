import { z } from 'zod';
import type { Question } from '../contract/index.js';
import { contextField, paragraphsField, supportingTitlesField, type SourcePassage } from './question-contexts.js';
import { filledText, idField } from './row-fields.js';
import { questionIn } from './transcript-row.js';

/** A row of a question file, whatever its layout. */
export interface SourceQuestion {
  readonly question: Question;
  readonly split: string | null;
  /** The passages it came with; `null` for a layout without any. */
  readonly passages: readonly SourcePassage[] | null;
  /** Titles that are said to support the answer and are not among the passages. */
  readonly missingSupport: readonly string[];
  /** Why the row is no question to ask; `null`: it is. */
  readonly leftOut: string | null;
}

/** One published way of writing questions down. */
export interface QuestionLayout {
  readonly name: string;
  /** Columns that say a row is of this layout: all of one of these lists. */
  readonly needs: readonly (readonly string[])[];
  /** Columns that are read; of parquet files no others are decoded. */
  readonly columns: readonly string[];
  readonly row: z.ZodType<SourceQuestion>;
}

const text = z.string({ error: 'expected text' });
const hopsField = z.int('expected a whole number').positive('expected at least 1').nullish();
const answersField = z
  .array(filledText, { error: 'expected a list of gold answers' })
  .min(1, 'a question needs at least one gold answer');
const oneOrMore = z.union([filledText.transform((one) => [one]), answersField], 'expected a gold answer');
const aliases = z.array(text).nullish();

const none = { split: null, passages: null, missingSupport: [], leftOut: null } as const;

/** Gold answers in their order, without blank and repeated ones. */
function together(...lists: (readonly string[] | null | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => list ?? []).filter((answer) => answer.trim() !== ''))];
}

function withContext(
  passages: readonly Omit<SourcePassage, 'supporting'>[] | null | undefined,
  titles: readonly string[] | null | undefined,
): Pick<SourceQuestion, 'passages' | 'missingSupport'> {
  if (passages == null) return { passages: null, missingSupport: [] };
  const wanted = new Set(titles ?? []);
  const there = new Set(passages.map(({ title }) => title));
  return {
    passages: passages.map((passage) => ({ ...passage, supporting: wanted.has(passage.title) })),
    missingSupport: [...wanted].filter((title) => !there.has(title)),
  };
}

/** Two, but for 2WikiMultihopQA's comparison of two bridges. */
function hopsOfType(type: string | null | undefined): number {
  return type === 'bridge_comparison' ? 4 : 2;
}

/** Search-R1 and verl: ids are unique within a `data_source` only. */
const searchR1: QuestionLayout = {
  name: 'Search-R1',
  needs: [['data_source', 'reward_model']],
  columns: ['id', 'question', 'golden_answers', 'data_source', 'prompt', 'reward_model', 'extra_info'],
  row: z
    .object({
      id: idField.nullish(),
      question: filledText.nullish(),
      golden_answers: answersField.nullish(),
      data_source: text,
      prompt: z.union([text, z.array(z.object({ role: text, content: text }))]).nullish(),
      reward_model: z.object({
        ground_truth: z
          .union(
            [oneOrMore, z.object({ target: oneOrMore }).transform(({ target }) => target)],
            'expected a gold answer, a list of them, or {"target": ...}',
          )
          .nullish(),
      }),
      extra_info: z.object({ index: idField.nullish(), split: text.nullish() }).nullish(),
    })
    .transform((row, context): SourceQuestion => {
      const index = row.id ?? row.extra_info?.index;
      const asked = row.question ?? questionIn(row.prompt);
      const answers = row.golden_answers ?? row.reward_model.ground_truth;
      const missing =
        index == null
          ? (['id', 'a row needs "id" or "extra_info.index"'] as const)
          : asked == null
            ? (['question', 'a row needs "question" or "prompt"'] as const)
            : answers == null
              ? (['reward_model', 'a row needs "golden_answers" or "reward_model.ground_truth"'] as const)
              : null;
      if (missing !== null || index == null || asked == null || answers == null) {
        context.addIssue({ code: 'custom', path: [missing?.[0] ?? 'id'], message: missing?.[1] ?? '' });
        return z.NEVER;
      }
      const question = { id: `${row.data_source}:${index}`, text: asked, answers, type: row.data_source };
      return { ...none, question, split: row.extra_info?.split ?? null };
    }),
};

/** HotpotQA and 2WikiMultihopQA, as published and as the Hugging Face data sets have them. */
const hotpotQa: QuestionLayout = {
  name: 'HotpotQA and 2WikiMultihopQA',
  needs: [['question', 'answer', 'context', 'supporting_facts']],
  columns: ['_id', 'id', 'question', 'answer', 'type', 'context', 'supporting_facts', 'split'],
  row: z
    .object({
      _id: idField.nullish(),
      id: idField.nullish(),
      question: filledText,
      answer: oneOrMore,
      type: text.nullish(),
      context: contextField,
      supporting_facts: supportingTitlesField,
      split: text.nullish(),
    })
    .refine(({ _id, id }) => (_id ?? id) != null, { path: ['_id'], message: 'a row needs "_id" or "id"' })
    .transform((row): SourceQuestion => {
      const type = row.type ?? null;
      const id = row._id ?? row.id ?? '';
      const question = { id, text: row.question, answers: row.answer, hops: hopsOfType(type) };
      return {
        ...none,
        question: { ...question, ...(type === null ? {} : { type }) },
        split: row.split ?? null,
        ...withContext(row.context, row.supporting_facts),
      };
    }),
};

/** MuSiQue: hops from the decomposition; unanswerable rows of the full set are left out. */
const musique: QuestionLayout = {
  name: 'MuSiQue',
  needs: [['question', 'answer', 'paragraphs']],
  columns: [
    'id',
    'question',
    'answer',
    'answer_aliases',
    'answerable',
    'paragraphs',
    'question_decomposition',
    'split',
  ],
  row: z
    .object({
      id: idField,
      question: filledText,
      answer: text,
      answer_aliases: aliases,
      answerable: z.boolean().nullish(),
      paragraphs: paragraphsField,
      question_decomposition: z.array(z.unknown()).nullish(),
      split: text.nullish(),
    })
    .transform((row, context): SourceQuestion => {
      const answers = together([row.answer], row.answer_aliases);
      const leftOut = row.answerable === false ? 'not answerable' : null;
      if (answers.length === 0 && leftOut === null) {
        context.addIssue({ code: 'custom', path: ['answer'], message: 'a question needs at least one gold answer' });
        return z.NEVER;
      }
      const [, kind, digits] = /^((\d+)hop\d*)__/.exec(row.id) ?? [];
      const hops = row.question_decomposition?.length ?? (digits === undefined ? 0 : Number(digits));
      const question = { id: row.id, text: row.question, answers };
      return {
        ...none,
        leftOut,
        question: {
          ...question,
          ...(hops > 0 ? { hops } : {}),
          ...(kind === undefined ? {} : { type: kind }),
        },
        split: row.split ?? null,
        passages: row.paragraphs,
      };
    }),
};

/** What FlashRAG keeps of the original row; which keys there are depends on the data set. */
const metadataField = z
  .object({
    type: text.nullish(),
    context: contextField.nullish(),
    supporting_facts: supportingTitlesField.nullish(),
    paragraphs: paragraphsField.nullish(),
    question_decomposition: z.array(z.unknown()).nullish(),
  })
  .nullish()
  .catch(null);

/** Our own and FlashRAG's: one question with a list of gold answers. */
const plainLayout: QuestionLayout = {
  name: 'FlashRAG and Turnwise',
  needs: [
    ['id', 'question', 'golden_answers'],
    ['id', 'text', 'answers'],
    ['id', 'question', 'answers'],
    ['id', 'text', 'golden_answers'],
    ['id', 'question', 'answer'],
  ],
  columns: [
    ...['id', 'text', 'question', 'answers', 'golden_answers', 'answer', 'answer_aliases', 'hops', 'type'],
    ...['supportingIds', 'supporting_ids', 'split', 'metadata'],
  ],
  row: z
    .object({
      id: idField,
      text: filledText.nullish(),
      question: filledText.nullish(),
      answers: answersField.nullish(),
      golden_answers: answersField.nullish(),
      answer: oneOrMore.nullish(),
      answer_aliases: aliases,
      hops: hopsField,
      type: text.nullish(),
      supportingIds: z.array(idField).nullish(),
      supporting_ids: z.array(idField).nullish(),
      split: text.nullish(),
      metadata: metadataField,
    })
    .transform((row, context): SourceQuestion => {
      const asked = row.text ?? row.question;
      const answers = row.answers ?? row.golden_answers ?? (row.answer && together(row.answer, row.answer_aliases));
      if (asked == null || answers == null) {
        const message =
          asked == null
            ? `the question ${row.id} has neither "text" nor "question"`
            : `the question ${row.id} has no gold answer ("answers" or "golden_answers")`;
        context.addIssue({ code: 'custom', path: [], message, params: { whole: true } });
        return z.NEVER;
      }
      const { metadata } = row;
      const type = row.type ?? metadata?.type;
      const known = metadata?.context == null ? null : hopsOfType(type);
      const hops = row.hops ?? metadata?.question_decomposition?.length ?? known;
      const supportingIds = row.supportingIds ?? row.supporting_ids;
      return {
        ...none,
        question: {
          id: row.id,
          text: asked,
          answers,
          ...(hops == null || hops === 0 ? {} : { hops }),
          ...(type == null ? {} : { type }),
          ...(supportingIds == null ? {} : { supportingIds }),
        },
        split: row.split ?? null,
        ...(metadata?.paragraphs == null
          ? withContext(metadata?.context, metadata?.supporting_facts)
          : { passages: metadata.paragraphs, missingSupport: [] }),
      };
    }),
};

/** Every layout that is understood, the most particular first. */
export const questionLayouts: readonly QuestionLayout[] = [searchR1, hotpotQa, musique, plainLayout];

/** Columns of which one is enough to take a row for a mistaken question of our own layout. */
const tellTale = ['text', 'question', 'answers', 'golden_answers'];

/** The layout of rows with these columns; `null` when none fits. */
export function layoutOf(columns: readonly string[]): QuestionLayout | null {
  const there = new Set(columns);
  const fits = ({ needs }: QuestionLayout): boolean => needs.some((names) => names.every((name) => there.has(name)));
  const found = questionLayouts.find(fits);
  if (found !== undefined) return found;
  return there.has('id') && tellTale.some((name) => there.has(name)) ? plainLayout : null;
}
