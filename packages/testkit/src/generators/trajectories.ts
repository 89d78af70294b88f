import fc from 'fast-check';
import type { Action, Observation, Question, Trajectory, TrajectoryGroup, Turn } from '@turnwise/core';

/** Texts as policies and passages hold them: words, any script, tags, nothing. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', 'Tinvek', 'Who wrote Velkar?', '<search> Velkar </search>', '<answer> Dormun </answer>'),
  fc.string({ unit: 'grapheme', maxLength: 24 }),
);

export const anyQuestion: fc.Arbitrary<Question> = fc.record({
  id: fc.stringMatching(/^q[0-9]{1,4}$/),
  text: anyText.filter((text) => text !== ''),
  answers: fc.array(fc.constantFrom('Tinvek', 'Dormun', 'Ösk', '12,400', 'the river Ösk'), {
    minLength: 1,
    maxLength: 3,
  }),
});

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('search' as const), query: anyText }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('invalid' as const),
      reason: fc.constantFrom('no-action' as const, 'empty-query' as const, 'unclosed-tag' as const),
    }),
  },
);

/** What is drawn of a turn; the rest follows from it. */
const anyPart = fc.record({
  action: anyAction,
  status: fc.constantFrom('ok' as const, 'ok' as const, 'empty' as const, 'timeout' as const, 'error' as const),
  text: anyText,
  found: anyText,
  tokens: fc.array(fc.record({ id: fc.nat(300), logprob: fc.double({ min: -9, max: 0, noNaN: true }) }), {
    maxLength: 6,
  }),
});

type Part = typeof anyPart extends fc.Arbitrary<infer Value> ? Value : never;

function observationOf({ action, status, found }: Part, index: number): Observation {
  if (action.kind !== 'search') return { status: 'invalid', text: 'Neither a search nor an answer.', hits: [] };
  if (status !== 'ok') return { status, text: 'No passages found.', hits: [] };
  return { status, text: found, hits: [{ id: `p${index}`, title: 'Found', text: found, score: 10 - index }] };
}

/** Turn by turn coherent: what was asked was observed, the answer comes last, failed trajectories say why. */
export const anyTrajectory: fc.Arbitrary<Trajectory> = fc
  .record({
    id: fc.stringMatching(/^q[0-9]{1,3}\/[0-9]$/),
    parts: fc.array(anyPart, { maxLength: 5 }),
    ending: fc.constantFrom('answered', 'answered', 'answered', 'turn-limit', 'token-limit', 'policy-failed'),
    answer: anyText.filter((text) => text !== ''),
  })
  .map(({ id, parts, ending, answer }): Trajectory => {
    const turns = parts.map((part, index): Turn => ({
      output: {
        text: part.text,
        tokenIds: part.tokens.map((token) => token.id),
        logprobs: part.tokens.map((token) => token.logprob),
      },
      action: part.action,
      observation: observationOf(part, index),
    }));
    if (ending === 'policy-failed') {
      return {
        id,
        turns,
        answer: null,
        stopReason: 'policy-failed',
        failure: { code: 'ROLLOUT_POLICY', message: 'gone' },
      };
    }
    if (ending !== 'answered') return { id, turns, answer: null, stopReason: ending };
    const last: Turn = {
      output: { text: `<answer> ${answer} </answer>`, tokenIds: [], logprobs: [] },
      action: { kind: 'answer', text: answer },
      observation: null,
    };
    return { id, turns: [...turns, last], answer, stopReason: 'answered' };
  });

/** The trajectories of one question, one to six, with the ids the core would give them. */
export const anyTrajectoryGroup: fc.Arbitrary<TrajectoryGroup> = fc
  .record({ question: anyQuestion, trajectories: fc.array(anyTrajectory, { minLength: 1, maxLength: 6 }) })
  .map(({ question, trajectories }) => ({
    question,
    trajectories: trajectories.map((trajectory, index) => ({
      ...trajectory,
      id: `${question.id}/${index}`,
      prompt: { text: question.text, tokenIds: Array.from(question.text, (letter) => letter.codePointAt(0) ?? 0) },
    })),
  }));

/**
 * The same groups for the same seed, for tests without fast-check.
 *
 * @param count How many. Default 20.
 */
export function sampleGroups(seed: number, count = 20): TrajectoryGroup[] {
  return fc.sample(anyTrajectoryGroup, { seed, numRuns: count });
}
