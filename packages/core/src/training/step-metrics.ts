import type { GroupAdvantages, LossMetrics, OptimizerMetrics, ShapedGroup } from '../contract/index.js';
import { creditStatistics } from '../credit/index.js';
import { isDead, type DeadGroups } from './dead-groups.js';
import type { QuestionLedger } from './question-ledger.js';
import type { SampledGroup, StepSample } from './sample-step.js';
import type { HeldOutScores } from './training-settings.js';

export type Metrics = Record<string, number>;

/** What the rollouts and their credit look like: composition, near-misses, turns, searches. */
function rolloutMetrics(groups: readonly ShapedGroup[], advantages: readonly GroupAdvantages[]): Metrics {
  const trajectories = groups.flatMap((group) => group.trajectories);
  const turns = trajectories.flatMap((trajectory) => trajectory.turns);
  const share = (count: number, total: number): number => (total === 0 ? 0 : count / total);
  const tokens = trajectories.reduce(
    (sum, trajectory) => sum + trajectory.turns.reduce((inner, turn) => inner + turn.output.tokenIds.length, 0),
    0,
  );
  const logprobs = turns.reduce(
    (sum, turn) => sum + turn.output.logprobs.reduce((inner, value) => inner + value, 0),
    0,
  );
  return {
    ...creditStatistics(groups, advantages),
    'rollout/turns-mean': share(turns.length, trajectories.length),
    'rollout/search-rate': share(turns.filter((turn) => turn.action.kind === 'search').length, turns.length),
    'rollout/invalid-rate': share(turns.filter((turn) => turn.action.kind === 'invalid').length, turns.length),
    'rollout/tokens': tokens,
    // Minus the mean log-probability of sampled tokens is an unbiased estimate of the policy's entropy at its temperature.
    'update/entropy': tokens === 0 ? 0 : -logprobs / tokens,
  };
}

/**
 * The same for a step, over everything that was sampled, so that a curve means the same whatever becomes of dead
 * groups. Unless these are kept, also how many groups there were:
 *
 * - `rollout/rounds`: rounds of questions.
 * - `groups/sampled-count` = `groups/trained-count` + `groups/masked-count` + `groups/dropped-count` (dead groups that
 *   left the batch) + `groups/surplus-count` (live groups beyond `questionsPerStep`).
 */
export function sampleMetrics({ groups, rounds }: StepSample, { policy }: DeadGroups): Metrics {
  // A group whose reward failed has no outcome to speak of.
  const scored = groups.filter(({ leftOut }) => leftOut !== 'faulty');
  const metrics = rolloutMetrics(
    scored.map(({ group }) => group),
    scored.map(({ advantages }) => advantages),
  );
  if (policy === 'keep') return metrics;
  const count = (holds: (group: SampledGroup) => boolean): number => groups.filter(holds).length;
  return {
    ...metrics,
    'rollout/rounds': rounds,
    'groups/sampled-count': groups.length,
    'groups/trained-count': count(({ leftOut, advantages }) => leftOut === null && !isDead(advantages)),
    'groups/masked-count': count(({ leftOut, advantages }) => leftOut === null && isDead(advantages)),
    'groups/dropped-count': count(({ leftOut }) => leftOut === 'dead'),
    'groups/surplus-count': count(({ leftOut }) => leftOut === 'surplus'),
  };
}

/** With quarantine: groups of the step that went wrong, and questions set aside so far. */
export function questionMetrics({ groups }: StepSample, ledger: QuestionLedger): Metrics {
  return {
    'questions/faulty': groups.filter(({ fault }) => fault !== null).length,
    'questions/quarantined': ledger.quarantined,
  };
}

/** Only with importance truncation. */
function importanceMetrics(losses: readonly LossMetrics[]): Metrics {
  const { importance } = losses[0] ?? {};
  if (importance === undefined) return {};
  return { 'update/importance-weight': importance.weight, 'update/importance-truncated': importance.truncated };
}

/** Means of the updates made on one batch, weighted equally. */
export function updateMetrics(losses: readonly LossMetrics[], updates: readonly OptimizerMetrics[]): Metrics {
  const mean = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    'update/loss': mean(losses.map((loss) => loss.loss)),
    'update/kl': mean(losses.map((loss) => loss.kl)),
    'update/clip-fraction': mean(losses.map((loss) => loss.clipFraction)),
    'update/gradient-norm': mean(updates.map((update) => update.gradientNorm)),
    ...importanceMetrics(losses),
  };
}

/**
 * How far the samples of a step lie behind its update, in updates, over the turns of its trajectories.
 *
 * @param version updates made before the one that learns from them
 */
export function stalenessMetrics({ groups }: StepSample, version: number): Metrics {
  const trajectories = groups.flatMap(({ group }) => group.trajectories);
  const behind = trajectories.flatMap(({ turns }) =>
    turns.flatMap(({ output }) => (output.policyVersion === undefined ? [] : [version - output.policyVersion])),
  );
  const sum = behind.reduce((total, staleness) => total + staleness, 0);
  return {
    'rollout/staleness-mean': behind.length === 0 ? 0 : sum / behind.length,
    'rollout/staleness-max': behind.reduce((most, staleness) => Math.max(most, staleness), 0),
  };
}

/** `eval/failures` only where there were some: they count as wrong, so the scores beside them are too low. */
export function evaluationMetrics(scores: HeldOutScores): Metrics {
  const { coverMatch, supportingRecall, invalidRate, failures = 0 } = scores;
  return {
    'eval/exact-match': scores.exactMatch,
    'eval/f1': scores.f1,
    'eval/gold-retrieved': scores.goldRetrieved,
    'eval/turns-mean': scores.turnsMean,
    'eval/unanswered': scores.unanswered,
    ...(coverMatch === undefined ? {} : { 'eval/cover-match': coverMatch }),
    ...(supportingRecall == null ? {} : { 'eval/supporting-recall': supportingRecall }),
    ...(invalidRate === undefined ? {} : { 'eval/invalid-rate': invalidRate }),
    ...(failures === 0 ? {} : { 'eval/failures': failures }),
  };
}

/** The scores in a line of `metrics.jsonl`; `null` when that step was not evaluated. */
export function heldOutScores(metrics: Readonly<Record<string, number>>): HeldOutScores | null {
  const read = (name: string): number => metrics[`eval/${name}`] ?? Number.NaN;
  const scores = {
    exactMatch: read('exact-match'),
    f1: read('f1'),
    goldRetrieved: read('gold-retrieved'),
    turnsMean: read('turns-mean'),
    unanswered: read('unanswered'),
  };
  return Object.values(scores).every(Number.isFinite) ? scores : null;
}
