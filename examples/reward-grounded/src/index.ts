import { defineReward, exactMatch, type Trajectory, type TurnRewards } from '@turnwise/core';
import { createJudge } from './judge.js';
import { options } from './options.js';
import { quotes } from './quotes.js';

/**
 * Pays a right answer in full only when what the searches brought supports it, so that a policy is not paid the same for
 * guessing from memory. Whether it is supported is read off the text, or asked of a language model (`judge`).
 */
export default defineReward({
  apiVersion: 2,
  id: 'grounded',
  version: '0.1.0',
  options,
  // Asking a model may give another answer tomorrow; claiming less than the rule could is the honest side.
  deterministic: false,
  create(_context, { unsupported, judge: judgeOptions }) {
    const judge = judgeOptions === null ? null : createJudge(judgeOptions);
    return {
      shape: ({ question, trajectories }, { signal }) =>
        Promise.all(
          trajectories.map(async (trajectory): Promise<TurnRewards> => {
            const { answer, failure, turns } = trajectory;
            const right = failure === undefined && answer !== null && exactMatch(answer, question.answers) === 1;
            // A wrong answer is paid nothing whatever supports it: nothing to ask.
            const supported = right
              ? await (judge?.({ question: question.text, answer, evidence: evidenceOf(trajectory) }, signal) ??
                  quotes(trajectory, answer))
              : false;
            const paid = right ? (supported ? 1 : unsupported) : 0;
            return {
              outcome: failure === undefined ? paid : null,
              correct: right,
              answered: answer !== null,
              turns: turns.map(() => (failure === undefined ? paid : 0)),
              components: { supported: supported ? 1 : 0 },
            };
          }),
        ),
    };
  },
});

function evidenceOf({ turns }: Trajectory): string {
  return turns.flatMap(({ observation }) => (observation?.status === 'ok' ? [observation.text] : [])).join('\n');
}
