import type { GroupAdvantages, Question, ShapedGroup } from '../contract/index.js';
import { estimateAdvantages, shapeGroups } from '../credit/index.js';
import { rolloutGroups, type TrajectorySlots } from '../rollout/index.js';
import { isDead } from './dead-groups.js';
import { questionsOfFurtherRound, questionsOfStep } from './question-order.js';
import { assertSomeSucceeded } from './training-checks.js';
import type { TrainingParts, TrainingSettings } from './training-settings.js';

/** A group that was sampled in a step, and what it is for. */
export interface SampledGroup {
  readonly group: ShapedGroup;
  /** What it is trained with; of a group left out, what it was judged by. */
  readonly advantages: GroupAdvantages;
  /** 1-based; above 1 only when dead groups are refilled. */
  readonly round: number;
  /** Why it is not in the batch: it was dead, or there were enough live groups without it. `null`: it is. */
  readonly leftOut: 'dead' | 'surplus' | null;
}

export interface StepSample {
  /** In the order in which they were asked. */
  readonly groups: readonly SampledGroup[];
  readonly rounds: number;
  /** Wall time of the rollouts, without rewards and advantages. */
  readonly rolloutSeconds: number;
}

export interface SampleRequest {
  readonly questions: readonly Question[];
  readonly step: number;
  readonly signal: AbortSignal;
  readonly onTrajectory: (done: number, total: number) => void;
  /** Slots shared with other steps. Default: `rollout.concurrency` of its own. */
  readonly slots?: TrajectorySlots;
}

/**
 * Rolls out the questions of a step, scores them, and decides by `training.deadGroups` what is trained on. Depends on
 * the settings, the step and the policy alone, so that a resumed run samples what an uninterrupted one would have.
 *
 * @throws ROLLOUT_ALL_FAILED when not one trajectory of a round succeeded, and what shapers and estimators throw
 */
export async function sampleStep(
  parts: TrainingParts,
  settings: TrainingSettings,
  request: SampleRequest,
): Promise<StepSample> {
  const { deadGroups } = settings.training;
  const { questionsPerStep } = settings.rollout;
  const maxRounds = deadGroups.policy === 'refill' ? deadGroups.maxRounds : 1;
  const sampled: SampledGroup[] = [];
  let rounds = 0;
  let live = 0;
  let rolloutSeconds = 0;
  while (rounds < maxRounds && live < questionsPerStep) {
    const questions = questionsOfRound(settings, request, rounds + 1);
    if (questions.length === 0) break;
    rounds++;
    const { groups, advantages, seconds } = await sampleRound(parts, settings, request, questions);
    rolloutSeconds += seconds;
    groups.forEach((group, index) => {
      const estimate = advantages[index] as GroupAdvantages;
      const dead = isDead(estimate);
      let leftOut: SampledGroup['leftOut'] = null;
      if (dead && (deadGroups.policy === 'drop' || deadGroups.policy === 'refill')) leftOut = 'dead';
      else if (!dead && deadGroups.policy === 'refill' && live >= questionsPerStep) leftOut = 'surplus';
      if (!dead) live++;
      sampled.push({ group, advantages: estimate, round: rounds, leftOut });
    });
  }
  return { groups: estimateAgain(parts, sampled, rounds), rounds, rolloutSeconds };
}

function questionsOfRound(
  { rollout, seed }: TrainingSettings,
  { questions, step }: SampleRequest,
  round: number,
): Question[] {
  return round === 1
    ? questionsOfStep(questions, rollout.questionsPerStep, seed, step)
    : questionsOfFurtherRound(questions, rollout.questionsPerStep, seed, step, round);
}

async function sampleRound(
  parts: TrainingParts,
  { rollout, seed }: TrainingSettings,
  { step, signal, onTrajectory, slots }: SampleRequest,
  questions: readonly Question[],
): Promise<{ groups: ShapedGroup[]; advantages: readonly GroupAdvantages[]; seconds: number }> {
  const started = performance.now();
  const request = {
    questions,
    runSeed: seed,
    purpose: 'train' as const,
    step,
    options: rollout,
    signal,
    onTrajectory,
    ...(slots ? { slots } : {}),
  };
  const rolled = await rolloutGroups(parts, request);
  const seconds = (performance.now() - started) / 1000;
  assertSomeSucceeded(rolled, step);
  const groups = await shapeGroups(rolled, parts.rewards, signal);
  return { groups, advantages: estimateAdvantages(groups, parts.advantage), seconds };
}

/** Estimators may look at the whole batch (whitening): when it is not the one they saw, they are asked again. */
function estimateAgain(parts: TrainingParts, sampled: readonly SampledGroup[], rounds: number): SampledGroup[] {
  const trained = sampled.filter(({ leftOut }) => leftOut === null);
  if (trained.length === 0 || (rounds === 1 && trained.length === sampled.length)) return [...sampled];
  const estimates = estimateAdvantages(
    trained.map(({ group }) => group),
    parts.advantage,
  );
  let next = 0;
  return sampled.map((item) =>
    item.leftOut === null ? { ...item, advantages: estimates[next++] as GroupAdvantages } : item,
  );
}
