import { z } from 'zod';
import { passageId } from './passages-in.js';
import { filledText } from './row-fields.js';

/** A passage that came with a question. */
export interface SourcePassage {
  /** `<title>#<digest>`: equal texts under equal titles have equal ids, in whatever file they stand. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Whether the answer rests on it. */
  readonly supporting: boolean;
}

type Passage = Omit<SourcePassage, 'supporting'>;

const sentences = z.union(
  [z.string().transform((one) => [one]), z.array(z.string())],
  'expected a text or a list of sentences',
);

function passageOf(title: string, parts: readonly string[]): Passage {
  // HotpotQA's sentences bring the space before them, others do not.
  const text = parts.join(' ').replace(/\s+/g, ' ').trim();
  return { id: passageId(title, text), title, text };
}

/** Some copies keep nested columns as JSON in a text. */
function orJson<Schema extends z.ZodType>(schema: Schema) {
  const parsed = z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }, schema);
  return parsed;
}

const asPairs = z
  .array(z.tuple([z.string(), sentences]))
  .transform((rows) => rows.map(([title, parts]) => passageOf(title, parts)));
const asLists = z
  .object({
    title: z.array(z.string()),
    sentences: z.array(sentences).nullish(),
    content: z.array(sentences).nullish(),
  })
  .refine(({ title, sentences: own, content }) => (own ?? content)?.length === title.length, {
    message: 'expected as many lists of sentences as titles',
  })
  .transform(({ title, sentences: own, content }) =>
    title.map((name, index) => passageOf(name, (own ?? content)?.[index] ?? [])),
  );
const asObjects = z
  .array(z.object({ title: z.string(), sentences: sentences.nullish(), content: sentences.nullish() }))
  .transform((rows) => rows.map((row) => passageOf(row.title, row.sentences ?? row.content ?? [])));

/**
 * The paragraphs of HotpotQA and 2WikiMultihopQA: `[[title, [sentence, ...]], ...]` as published, `{title: [...],
 * sentences: [[...], ...]}` (or `content`) as Hugging Face and FlashRAG keep it, or a list of objects.
 */
export const contextField = orJson(
  z.union([asPairs, asLists, asObjects], 'expected paragraphs: [[title, [sentence, ...]], ...] or {title, sentences}'),
);

/** Titles of supporting facts: `[[title, sentence], ...]`, `{title: [...], sent_id: [...]}` or a list of objects. */
export const supportingTitlesField = orJson(
  z.union(
    [
      z.array(z.tuple([z.string(), z.unknown()])).transform((rows) => rows.map(([title]) => title)),
      z.object({ title: z.array(z.string()) }).transform(({ title }) => title),
      z.array(z.object({ title: z.string() })).transform((rows) => rows.map(({ title }) => title)),
    ],
    'expected supporting facts: [[title, sentence], ...] or {title, sent_id}',
  ),
);

/** MuSiQue's paragraphs, `[{title, paragraph_text, is_supporting}, ...]`. */
export const paragraphsField = orJson(
  z
    .array(z.object({ title: z.string(), paragraph_text: filledText, is_supporting: z.boolean().nullish() }))
    .transform((rows) =>
      rows.map(({ title, paragraph_text, is_supporting }): SourcePassage => ({
        ...passageOf(title, [paragraph_text]),
        supporting: is_supporting === true,
      })),
    ),
);
