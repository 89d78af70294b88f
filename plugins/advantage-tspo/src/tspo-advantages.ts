import {
  groupComposition,
  scoredOutcomes,
  scoredRewards,
  standardize,
  trajectoryLevelAdvantages,
  turnLevelAdvantages,
} from '@turnwise/core';
import type { Composition, GroupAdvantages, ShapedGroup, TurnRewards } from '@turnwise/core';
import type { TspoOptions } from './options.js';
import { compareTurns } from './compare-turns.js';

/**
 * Advantages by group composition. By default:
 *
 *     all-wrong:            A(i, k) = allWrongScale x (r(i, k) - mean over S_k) / (sd over S_k + epsilon)
 *     mixed, all-correct:   A(i, k) = (o_i - mean o) / (sd o + epsilon), exactly GRPO
 *
 * with S_k the members that reached turn k, r the turn rewards and o the outcomes. A group of one, a flat set and an
 * all-wrong group without near-miss give exact zeros; a group of zeros has the level `none`. Abstaining members enter
 * nothing and get zero.
 *
 * Source: TSPO (arXiv 2601.22776). Its abstract is public, its equations are not: see {@link TspoOptions}.
 */
export function tspoAdvantages(groups: readonly ShapedGroup[], options: TspoOptions): GroupAdvantages[] {
  return groups.map((group) => groupAdvantages(group, options));
}

function groupAdvantages(group: ShapedGroup, options: TspoOptions): GroupAdvantages {
  const composition = groupComposition(group);
  const shaped = scoredRewards(group);
  const level = levelOf(composition, shaped, options);
  if (level === 'off' || shaped.length < 2) return trajectoryLevelAdvantages(group, []);
  const scale = composition === 'all-wrong' ? options.allWrongScale : 1;
  if (level === 'turn') {
    const fallback = standardize(scoredOutcomes(group), options);
    const rewards = shaped.map(({ turns }) => turns);
    const rows = compareTurns(rewards, fallback, options);
    for (const row of rows) scaleInPlace(row, scale);
    return turnLevelAdvantages(group, rows);
  }
  const rewards = comparesLatentRewards(composition, options)
    ? shaped.map(({ turns }) => largest(turns))
    : scoredOutcomes(group);
  const values = standardize(rewards, options);
  scaleInPlace(values, scale);
  return trajectoryLevelAdvantages(group, values);
}

function scaleInPlace(values: number[], scale: number): void {
  for (let index = 0; index < values.length; index++) values[index] = scale * (values[index] ?? 0);
}

export type Level = 'turn' | 'trajectory' | 'off';

/** At which level a group is compared. */
export function levelOf(composition: Composition, shaped: readonly TurnRewards[], options: TspoOptions): Level {
  if (composition === 'all-wrong') return options.level.allWrong;
  if (composition === 'all-correct') return options.level.allCorrect;
  if (options.level.mixed !== 'turn-if-near-miss') return options.level.mixed;
  return shaped.some(isNearMiss) ? 'turn' : 'trajectory';
}

/** Whether trajectories are compared by their largest turn reward in place of their outcome. */
export function comparesLatentRewards(composition: Composition, options: TspoOptions): boolean {
  return composition === 'all-wrong' || (composition === 'mixed' && options.mixedTrajectoryReward === 'latent');
}

/** Reward plugins that do not say where gold was seen are judged by what they paid. */
function isNearMiss({ correct, firstOccurrence, turns }: TurnRewards): boolean {
  if (correct) return false;
  return firstOccurrence === undefined ? turns.some((reward) => reward > 0) : firstOccurrence !== null;
}

/** 0 for a trajectory without turns. */
export function largest(turns: readonly number[]): number {
  return turns.reduce((most, reward) => Math.max(most, reward), turns[0] ?? 0);
}
