import type { GroupAdvantages, Question, ShapedGroup } from '../contract/index.js';
import { estimateAdvantages, shapeGroups } from '../credit/index.js';
import { chooseQuestions } from './choose-questions.js';
import { rolloutGroups, type TrajectorySlots } from '../rollout/index.js';
import { isDead } from './dead-groups.js';
import { rolloutFault, shapeEach, type ScoredGroup } from './faulty-groups.js';
import type { QuestionLedger } from './question-ledger.js';
import { assertSomeSucceeded } from './training-checks.js';
import type { TrainingParts, TrainingSettings } from './training-settings.js';

/** A group that was sampled in a step, and what it is for. */
export interface SampledGroup {
  readonly group: ShapedGroup;
  /** What it is trained with; of a group left out, what it was judged by. */
  readonly advantages: GroupAdvantages;
  /** 1-based; above 1 only when dead groups are refilled. */
  readonly round: number;
  /**
   * Why it is not in the batch: it was dead, there were enough live groups without it, or its reward failed (only with
   * quarantine; otherwise that ends the run). `null`: it is.
   */
  readonly leftOut: 'dead' | 'surplus' | 'faulty' | null;
  /** What went wrong in it; only with quarantine. */
  readonly fault: string | null;
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
  /** What is known of the questions when the step begins. */
  readonly ledger: QuestionLedger;
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
  const asked = new Set<string>();
  while (rounds < maxRounds && live < questionsPerStep) {
    const questions = chooseQuestions({
      ...{ questions: request.questions, questionsPerStep, seed: settings.seed, step: request.step },
      ...{ round: rounds + 1, asked, ledger: request.ledger },
      curriculum: settings.training.curriculum ?? { by: 'none' },
    });
    if (questions.length === 0) break;
    for (const { id } of questions) asked.add(id);
    rounds++;
    const { scored, advantages, seconds } = await sampleRound(parts, settings, request, questions);
    rolloutSeconds += seconds;
    scored.forEach(({ group, fault, isFaulty }, index) => {
      const estimate = advantages[index] as GroupAdvantages;
      const dead = isDead(estimate);
      let leftOut: SampledGroup['leftOut'] = null;
      if (isFaulty) leftOut = 'faulty';
      else if (dead && (deadGroups.policy === 'drop' || deadGroups.policy === 'refill')) leftOut = 'dead';
      else if (!dead && deadGroups.policy === 'refill' && live >= questionsPerStep) leftOut = 'surplus';
      if (!dead) live++;
      sampled.push({ group, advantages: estimate, round: rounds, leftOut, fault });
    });
  }
  return { groups: estimateAgain(parts, sampled, rounds), rounds, rolloutSeconds };
}

async function sampleRound(
  parts: TrainingParts,
  { rollout, seed, training }: TrainingSettings,
  { step, signal, onTrajectory, slots }: SampleRequest,
  questions: readonly Question[],
): Promise<{
  scored: readonly (ScoredGroup & { readonly isFaulty: boolean })[];
  advantages: readonly GroupAdvantages[];
  seconds: number;
}> {
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
  const quarantine = training.quarantine ?? null;
  if (quarantine === null) {
    const groups = await shapeGroups(rolled, parts.rewards, signal, step);
    const scored = groups.map((group) => ({ group, fault: null, isFaulty: false }));
    return { scored, advantages: estimateAdvantages(groups, parts.advantage), seconds };
  }
  const scored = (await shapeEach(rolled, parts.rewards, signal, step)).map(({ group, fault }) => ({
    group,
    fault: fault ?? rolloutFault(group, quarantine.share),
    isFaulty: fault !== null,
  }));
  return { scored, advantages: estimateSound(parts, scored), seconds };
}

/** Advantages of the groups whose reward did not fail; zeros for the others, which no estimator sees. */
function estimateSound(
  parts: TrainingParts,
  scored: readonly (ScoredGroup & { readonly isFaulty: boolean })[],
): GroupAdvantages[] {
  const sound = scored.filter(({ isFaulty }) => !isFaulty).map(({ group }) => group);
  const estimates = sound.length === 0 ? [] : estimateAdvantages(sound, parts.advantage);
  let next = 0;
  return scored.map(({ group, isFaulty }) =>
    isFaulty
      ? { composition: 'all-wrong', level: 'none', turns: group.shaped.map(({ turns }) => turns.map(() => 0)) }
      : (estimates[next++] as GroupAdvantages),
  );
}

/** Estimators may look at the whole batch (whitening): when it is not the one they saw, they are asked again. */
function estimateAgain(parts: TrainingParts, sampled: readonly SampledGroup[], rounds: number): SampledGroup[] {
  const trained = sampled.filter(({ leftOut }) => leftOut === null);
  // Those whose reward failed were never seen.
  const seen = sampled.filter(({ leftOut }) => leftOut !== 'faulty').length;
  if (trained.length === 0 || (rounds === 1 && trained.length === seen)) return [...sampled];
  const estimates = estimateAdvantages(
    trained.map(({ group }) => group),
    parts.advantage,
  );
  let next = 0;
  return sampled.map((item) =>
    item.leftOut === null ? { ...item, advantages: estimates[next++] as GroupAdvantages } : item,
  );
}
