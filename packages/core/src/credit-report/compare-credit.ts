import type { Composition, GroupAdvantages, ShapedGroup, TrajectoryGroup } from '../contract/index.js';
import { findDisagreements, type CreditDisagreement, type PairOfStrategies } from './credit-disagreements.js';
import { strategyCredit, type StrategyCredit } from './strategy-credit.js';

/** What one strategy made of the recorded groups. */
export interface StrategyResult {
  readonly name: string;
  readonly shaped: readonly ShapedGroup[];
  readonly advantages: readonly GroupAdvantages[];
}

/** Several strategies on the same recorded groups. */
export interface CreditComparison {
  readonly groups: number;
  readonly trajectories: number;
  readonly turns: number;
  /** Tokens of the policy; 0 for transcripts that hold none. */
  readonly tokens: number;
  readonly strategies: readonly StrategyCredit[];
  /** Every two strategies, in the order of the strategies. */
  readonly pairs: readonly PairOfStrategies[];
  /** Turns to which two strategies give opposite signs. */
  readonly oppositeTurns: number;
  /** The trajectories the strategies see most differently, at most one turn each, strongest first. */
  readonly examples: readonly CreditDisagreement[];
}

export const compositions = ['all-wrong', 'mixed', 'all-correct'] as const satisfies readonly Composition[];

/** Compares what strategies learn from the same groups. @param examples Most examples of disagreement to keep. */
export function compareCredit(
  groups: readonly TrajectoryGroup[],
  results: readonly StrategyResult[],
  examples = 10,
): CreditComparison {
  const trajectories = groups.flatMap((group) => group.trajectories);
  const turns = trajectories.flatMap((trajectory) => trajectory.turns);
  return {
    groups: groups.length,
    trajectories: trajectories.length,
    turns: turns.length,
    tokens: turns.reduce((sum, { output }) => sum + output.tokenIds.length, 0),
    strategies: results.map(strategyCredit),
    ...findDisagreements(groups, results, examples),
  };
}
