import type { AdvantageExplanation, AdvantageLevel, Composition } from '../contract/index.js';
import type { GroupAdvantages, ShapedGroup, Turn } from '../contract/index.js';
import { findFirstOccurrence, firstOccurrences, scoredRewards } from '../credit/index.js';
import { mean, standardDeviation } from '../statistics/index.js';
import type { NamedEstimator } from '../credit/index.js';
import { TurnwiseError } from '../errors/index.js';
import { goldMatcher } from '../text/index.js';

/** Mean and spread (sample standard deviation, 0 for one) of the rewards of `members` scored trajectories. */
export interface RewardSpread {
  readonly members: number;
  readonly mean: number;
  readonly spread: number;
}

/** Why one turn was credited as it was. */
export interface TurnExplanation {
  /** What the policy did, in a few words. */
  readonly action: string;
  readonly reward: number;
  /** From the reward plugin; `null` when it gives no reasons. */
  readonly rewardReason: string | null;
  readonly advantage: number;
  /** From the advantage plugin; `null` when it explains nothing. */
  readonly advantageReason: string | null;
  /** The rewards of all scored members at this turn, whatever the estimator compared. */
  readonly sameTurn: RewardSpread;
}

export interface TrajectoryExplanation {
  readonly id: string;
  /** `null`: abstains. */
  readonly outcome: number | null;
  readonly correct: boolean;
  readonly answer: string | null;
  /** Where a gold answer first stood in an observation, and which one if the default matching finds it there too. */
  readonly goldSeen: { readonly turn: number; readonly answer: string | null } | null;
  readonly turns: readonly TurnExplanation[];
}

/** Why a group was credited as it was. */
export interface GroupExplanation {
  readonly composition: Composition;
  readonly level: AdvantageLevel;
  /** Trajectories by what became of them. */
  readonly right: number;
  readonly wrong: number;
  readonly abstaining: number;
  readonly outcomes: RewardSpread;
  /** The estimator's own words; `null` when it explains nothing. */
  readonly rule: string | null;
  /** Whether no gold answer passes the default guards (yes, no, one character): then near-misses cannot be seen. */
  readonly goldGuarded: boolean;
  readonly trajectories: readonly TrajectoryExplanation[];
}

/**
 * Explains what was estimated for scored groups: facts that hold for any estimator, with the estimator's own reasons
 * where it gives them.
 *
 * @throws CONTRACT_ADVANTAGE_FAILED when the estimator's `explain` throws or answers for another number of groups
 */
export function explainCredit(
  groups: readonly ShapedGroup[],
  advantages: readonly GroupAdvantages[],
  { name, estimator }: NamedEstimator,
): GroupExplanation[] {
  const where = `advantage ${name}`;
  let own: readonly AdvantageExplanation[] | undefined;
  try {
    own = estimator.explain?.(groups);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TurnwiseError('CONTRACT_ADVANTAGE_FAILED', `${where} could not explain itself: ${message}`, {
      where,
      cause,
    });
  }
  if (own !== undefined && own.length !== groups.length) {
    const problem = `${where} explained ${own.length} groups of ${groups.length}`;
    throw new TurnwiseError('CONTRACT_ADVANTAGE_FAILED', problem, { where });
  }
  return groups.flatMap((group, index) => {
    const estimate = advantages[index];
    return estimate ? [explainGroup(group, estimate, own?.[index])] : [];
  });
}

function explainGroup(
  group: ShapedGroup,
  estimate: GroupAdvantages,
  own: AdvantageExplanation | undefined,
): GroupExplanation {
  const scored = scoredRewards(group);
  const matcher = goldMatcher(group.question);
  const seen = firstOccurrences(group);
  const horizon = Math.max(0, ...scored.map(({ turns }) => turns.length));
  const sameTurn = Array.from({ length: horizon }, (_, turn) =>
    spreadOf(scored.flatMap(({ turns }) => (turn < turns.length ? [turns[turn] ?? 0] : []))),
  );
  const right = scored.filter(({ correct }) => correct).length;
  return {
    composition: estimate.composition,
    level: estimate.level,
    right,
    wrong: scored.length - right,
    abstaining: group.shaped.length - scored.length,
    outcomes: spreadOf(scored.map(({ outcome }) => outcome ?? 0)),
    rule: own?.rule ?? null,
    goldGuarded: matcher.answers.length === 0,
    trajectories: group.trajectories.map((trajectory, member) => {
      const rewards = group.shaped[member];
      const turn = seen[member] ?? null;
      const found = findFirstOccurrence(trajectory, matcher);
      return {
        id: trajectory.id,
        outcome: rewards?.outcome ?? null,
        correct: rewards?.correct ?? false,
        answer: trajectory.answer,
        goldSeen: turn === null ? null : { turn, answer: found?.turn === turn ? found.answer : null },
        turns: trajectory.turns.map((step, index) => ({
          action: actionInWords(step),
          reward: rewards?.turns[index] ?? 0,
          rewardReason: rewards?.reasons?.[index] ?? null,
          advantage: estimate.turns[member]?.[index] ?? 0,
          advantageReason: own?.turns[member]?.[index] ?? null,
          sameTurn: sameTurn[index] ?? spreadOf([]),
        })),
      };
    }),
  };
}

function spreadOf(rewards: readonly number[]): RewardSpread {
  return { members: rewards.length, mean: mean(rewards), spread: standardDeviation(rewards, 1) };
}

/** `search "Fidelio composer"`, `answer "Bonn"`, `invalid (no-action)`; the text as the policy wrote it. */
export function actionInWords({ action }: Pick<Turn, 'action'>): string {
  if (action.kind === 'search') return `search "${action.query}"`;
  return action.kind === 'answer' ? `answer "${action.text}"` : `invalid (${action.reason})`;
}
