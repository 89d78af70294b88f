import { z } from 'zod';
import type { Question, StopReason, Trajectory, TrajectoryGroup } from '../contract/index.js';
import { filledText, idField } from './row-fields.js';

const text = z.string({ error: 'expected text' });
const numbers = z.array(z.number({ error: 'expected a number' }));

const questionField = z
  .object({
    id: idField,
    text,
    answers: z.array(filledText).min(1, 'a question needs at least one gold answer'),
    hops: z.number().nullish(),
    type: text.nullish(),
    supportingIds: z.array(idField).nullish(),
  })
  .transform(({ id, text, answers, hops, type, supportingIds }): Question => ({
    id,
    text,
    answers,
    ...(hops == null ? {} : { hops }),
    ...(type == null ? {} : { type }),
    ...(supportingIds == null ? {} : { supportingIds }),
  }));

const outputField = z
  .object({ text, tokenIds: numbers.default([]), logprobs: numbers.default([]) })
  .refine((output) => output.logprobs.length === 0 || output.logprobs.length === output.tokenIds.length, {
    path: ['logprobs'],
    message: 'expected one log-probability for each token id, or none',
  });

const actionField = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('search'), query: text }),
    z.object({ kind: z.literal('answer'), text }),
    z.object({
      kind: z.literal('invalid'),
      reason: z.enum(['no-action', 'empty-query', 'empty-answer', 'unclosed-tag']),
    }),
  ],
  { error: 'expected an action of kind "search", "answer" or "invalid"' },
);

const hitField = z
  .object({ id: idField, title: text.nullish(), text: text.nullish(), score: z.number().default(0) })
  .transform(({ id, title, text, score }) => ({
    id,
    ...(title == null ? {} : { title }),
    ...(text == null ? {} : { text }),
    score,
  }));

const observationField = z
  .object({
    status: z.enum(['ok', 'empty', 'timeout', 'error', 'invalid']),
    text,
    hits: z.array(hitField).default([]),
    tokenIds: numbers.nullish(),
  })
  .transform(({ tokenIds, ...rest }) => ({ ...rest, ...(tokenIds == null ? {} : { tokenIds }) }));

const stopReasons = [
  'answered',
  'turn-limit',
  'token-limit',
  'context-limit',
  'policy-failed',
  'aborted',
] as const satisfies readonly StopReason[];

const trajectoryField = z
  .object({
    id: idField.nullish(),
    prompt: z.object({ text, tokenIds: numbers.default([]) }).nullish(),
    turns: z.array(
      z.object({ output: outputField, action: actionField, observation: observationField.nullish().default(null) }),
    ),
    answer: text.nullish().default(null),
    stopReason: z.enum(stopReasons, { error: `expected one of ${stopReasons.join(', ')}` }),
    failure: z.object({ code: text, message: text }).nullish(),
  })
  .transform(({ id, prompt, turns, answer, stopReason, failure }): Omit<Trajectory, 'id'> & { id: string | null } => ({
    id: id ?? null,
    ...(prompt == null ? {} : { prompt }),
    turns: turns.map((turn) => ({ ...turn, observation: turn.observation ?? null })),
    answer: answer ?? null,
    stopReason,
    ...(failure == null ? {} : { failure }),
  }));

/** One recorded group. Fields that a replay does not need (`step`, `shaped`, `advantages`) are ignored. */
export const groupRow = z.object({
  question: questionField,
  trajectories: z.array(trajectoryField).min(1, 'a group needs at least one trajectory'),
});

/** A trajectory without an id is called `<question id>/<index>`. */
export function withTrajectoryIds({ question, trajectories }: z.output<typeof groupRow>): TrajectoryGroup {
  return {
    question,
    trajectories: trajectories.map(({ id, ...rest }, index) => ({ id: id ?? `${question.id}/${index}`, ...rest })),
  };
}
