import { z } from 'zod';
import { filledText, idField } from './row-fields.js';

const gold = z.union([filledText, z.number().transform(String)], 'expected a gold answer that is not blank');
const goldAnswers = z
  .union([gold.transform((one) => [one]), z.array(gold).min(1)], 'expected a gold answer or a list of them')
  .nullish();
/** Search-R1 keeps the aliases under `target`. */
const groundTruth = z
  .union([goldAnswers, z.object({ target: goldAnswers.unwrap().unwrap() }).transform(({ target }) => target)], {
    error: 'expected a gold answer, a list of them, or {"target": ...}',
  })
  .nullish();

const messages = z.array(z.object({ role: z.string(), content: z.string() }), 'expected text or a list of messages');
const prompt = z.union([z.string(), messages], 'expected text or a list of messages {role, content}').nullish();
const response = z.string({ error: 'expected text' });
const reference = idField.nullish();

/**
 * A row of transcripts as Search-R1 and verl leave them, reduced to what is needed:
 *
 * - **question**: `question`, or found in `prompt` (text or messages) or `input`
 * - **gold answers**: `golden_answers`, `answers`, `ground_truth`, `gts` or `reward_model.ground_truth`
 * - **what the policy and the environment wrote**: `responses`, a list, or one text in `response` or `output`; rows of
 *   one text are put together by `uid`, `index` or `extra_info.index`, else by prompt, within their `step`
 *
 * Scores are not read: a replay makes its own.
 */
export const transcriptRow = z
  .object({
    id: reference,
    uid: reference,
    index: reference,
    extra_info: z.object({ index: reference }).nullish(),
    data_source: reference,
    step: reference,
    question: z.string({ error: 'expected text' }).nullish(),
    prompt,
    input: prompt,
    golden_answers: goldAnswers,
    answers: goldAnswers,
    ground_truth: groundTruth,
    gts: groundTruth,
    reward_model: z.object({ ground_truth: groundTruth }).nullish(),
    responses: z.array(response, 'expected a list of texts').min(1, 'expected at least one response').nullish(),
    response: response.nullish(),
    output: response.nullish(),
  })
  .transform((row) => {
    const index = row.index ?? row.extra_info?.index;
    const promptText = textOf(row.prompt ?? row.input);
    return {
      id: row.id ?? index ?? row.uid,
      question: row.question ?? questionIn(row.prompt ?? row.input),
      answers:
        row.golden_answers ?? row.answers ?? row.ground_truth ?? row.gts ?? row.reward_model?.ground_truth ?? null,
      prompt: promptText,
      responses: row.responses ?? [row.response ?? row.output ?? null].filter((text) => text !== null),
      /** Rows with the same key belong to one question; `null` when the row holds a whole group. */
      groupKey: row.responses
        ? null
        : JSON.stringify([row.step, row.uid ?? [row.data_source, index ?? [row.question, promptText]]]),
    };
  });

export type TranscriptRow = z.output<typeof transcriptRow>;
type Prompt = z.output<typeof prompt>;

function textOf(asked: Prompt): string | null {
  if (asked == null || typeof asked === 'string') return asked ?? null;
  return asked.map(({ content }) => content).join('\n');
}

/** The question of a prompt: what follows the last `Question:` on its line, else all of the last message. */
export function questionIn(asked: Prompt): string | null {
  const text = typeof asked === 'object' ? asked?.findLast(({ role }) => role === 'user')?.content : asked;
  if (text == null) return null;
  const [, asks = ''] = /.*Question:[^\S\n]*(\S[^\n]*)/s.exec(text) ?? [];
  return (asks === '' ? text : asks).trim();
}
