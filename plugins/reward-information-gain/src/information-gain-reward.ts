import { answerScore } from '@turnwise/core';
import type { PolicyScorer, Trajectory, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import { goldContexts } from './gold-contexts.js';
import type { InformationGainOptions } from './options.js';

/**
 * Pays each turn but the last for how much it raised the policy's own probability of the gold answer, and the last one
 * for the answer. With g(k) the mean log-probability of the gold answer's tokens after what was read up to turn k, and
 * g(-1) after the prompt alone:
 *
 *     r(i, k) = g(k) - g(k - 1)   for k < T_i - 1,     r(i, T_i - 1) = o_i
 *
 * No gradient flows through g. A point at which the gold answer does not fit into the policy's context keeps the value
 * before it, so its turn gains nothing. Trajectories that infrastructure ended abstain; trajectories without tokens
 * (scripted policies, imported transcripts) cannot be scored and are refused.
 *
 * Source: IGPO, arXiv 2510.14967, equations 3-4; the authors' code takes the exponential of g.
 *
 * @throws Error when a trajectory has turns and no tokens
 */
export async function informationGainReward(
  group: TrajectoryGroup,
  options: InformationGainOptions,
  scorer: PolicyScorer,
  signal: AbortSignal,
): Promise<TurnRewards[]> {
  const { answers } = group.question;
  const goldAnswers = options.aliases === 'first' ? answers.slice(0, 1) : answers;
  const measured = group.trajectories.map((trajectory) => {
    if (trajectory.failure !== undefined || trajectory.turns.length < 2) return [];
    if (!trajectory.prompt || trajectory.prompt.tokenIds.length === 0) {
      throw new Error(`trajectory ${trajectory.id} has no tokens, so the policy cannot say what it learned`);
    }
    return goldAnswers.map((gold) => goldContexts(trajectory, gold, options.answerPrefix, scorer.tokenizer));
  });
  // One call for the whole group: the policy batches.
  const scores = await scorer.score(measured.flat(2), signal);
  let next = 0;
  return group.trajectories.map((trajectory, member) => {
    const curves = (measured[member] ?? []).map((requests) =>
      requests.map(() => meanLogProbability(scores[next++] ?? null)),
    );
    return rewardOf(trajectory, answers, curves, options);
  });
}

function rewardOf(
  trajectory: Trajectory,
  answers: readonly string[],
  curves: readonly (readonly (number | null)[])[],
  options: InformationGainOptions,
): TurnRewards {
  const { turns, answer, failure } = trajectory;
  const answered = answer !== null;
  if (failure !== undefined) return { outcome: null, correct: false, answered, turns: turns.map(() => 0) };
  const outcome = answered ? answerScore(options.metric, answer, answers) : options.unansweredReward;
  const reasons: (string | null)[] = [];
  let before = valueAt(curves, 0, options);
  const rewards = turns.map((_, turn) => {
    if (turn === turns.length - 1) {
      reasons.push(answered ? `${outcome}: the answer` : `${outcome}: no answer`);
      return outcome;
    }
    const after = valueAt(curves, turn + 1, options);
    if (after === null || before === null) {
      reasons.push('0: the gold answer does not fit into the context');
      before = after ?? before;
      return 0;
    }
    const gain = after - before;
    reasons.push(`${gain.toFixed(3)}: gold ${options.measure} ${before.toFixed(3)} -> ${after.toFixed(3)}`);
    before = after;
    return gain;
  });
  return { outcome, correct: answered && outcome >= options.threshold, answered, turns: rewards, reasons };
}

/** The best of the measured gold answers at a point; `null` when none could be scored there. */
function valueAt(
  curves: readonly (readonly (number | null)[])[],
  point: number,
  { measure }: InformationGainOptions,
): number | null {
  let best: number | null = null;
  for (const curve of curves) {
    const value = curve[point] ?? null;
    if (value !== null && (best === null || value > best)) best = value;
  }
  return best === null || measure === 'log-probability' ? best : Math.exp(best);
}

function meanLogProbability(logprobs: ArrayLike<number> | null): number | null {
  if (logprobs === null || logprobs.length === 0) return null;
  let sum = 0;
  for (let token = 0; token < logprobs.length; token++) sum += logprobs[token] ?? 0;
  return sum / logprobs.length;
}
