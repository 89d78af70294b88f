import {
  discountedReturns,
  scoredMembers,
  scoredOutcomes,
  scoredRewards,
  standardize,
  turnLevelAdvantages,
} from '@turnwise/core';
import type { GroupAdvantages, GroupStatistics, ShapedGroup } from '@turnwise/core';
import { clusterAnchors } from './cluster-anchors.js';
import type { GigpoOptions } from './options.js';

/**
 * Trajectory advantage plus step advantage. Turns of a group that start from the same observation (the anchor; at turn 0
 * the prompt) form a cluster and are compared by their discounted return:
 *
 *     A(i, k) = z(o_i among the group) + stepWeight x z(G(i, k) among its cluster),   G(i, k) = r(i, k) + gamma G(i, k+1)
 *
 * with z the group-relative value (r - mean) / (sd + epsilon). A cluster of one, a flat cluster and a group of one add
 * zero.
 *
 * Source: GiGPO, arXiv 2505.10978; DrMAS and verl-agent `compute_gigpo_outcome_advantage`.
 */
export function gigpoAdvantages(groups: readonly ShapedGroup[], options: GigpoOptions): GroupAdvantages[] {
  return groups.map((group) => {
    const { trajectoryPart, stepPart } = gigpoParts(group, options);
    const rows = stepPart.map((turns, member) =>
      turns.map(({ value }) => (trajectoryPart[member] ?? 0) + options.stepWeight * value),
    );
    return turnLevelAdvantages(group, scoredOutcomes(group).length < 2 ? [] : rows);
  });
}

/** The value of a turn among those that began from the same observation. */
export interface StepValue {
  readonly value: number;
  /** How many turns of the group began there, this one included. */
  readonly members: number;
}

/** What the advantages of the scored members are made of. */
export function gigpoParts(
  group: ShapedGroup,
  options: GigpoOptions,
): { readonly trajectoryPart: readonly number[]; readonly stepPart: readonly (readonly StepValue[])[] } {
  const statistics: GroupStatistics = { ...options, baseline: 'mean' };
  return {
    trajectoryPart: trajectoryAdvantages(group, options, statistics),
    stepPart: stepAdvantages(group, options, statistics),
  };
}

function trajectoryAdvantages(group: ShapedGroup, options: GigpoOptions, statistics: GroupStatistics): number[] {
  const outcomes = scoredOutcomes(group);
  if (options.trajectoryStatistics === 'trajectories') return standardize(outcomes, statistics);
  const turns = scoredRewards(group).map((rewards) => rewards.turns.length);
  const perStep = standardize(
    outcomes.flatMap((outcome, member) => new Array<number>(turns[member] ?? 0).fill(outcome)),
    statistics,
  );
  let next = 0;
  return turns.map((count) => {
    const value = perStep[next] ?? 0;
    next += count;
    return value;
  });
}

function stepAdvantages(group: ShapedGroup, options: GigpoOptions, statistics: GroupStatistics): StepValue[][] {
  const rewards = scoredRewards(group);
  const returns = rewards.map(({ turns, outcome }) => {
    const last = turns.length - 1;
    const paid = options.stepReward === 'turns' ? turns : turns.map((_, turn) => (turn === last ? (outcome ?? 0) : 0));
    return discountedReturns(paid, options.gamma);
  });
  const values = returns.map((turns) => turns.map((): StepValue => ({ value: 0, members: 1 })));
  const steps = returns.flatMap((turns, member) => turns.map((value, turn) => ({ member, turn, value })));
  const members = scoredMembers(group.shaped);
  const anchors = steps.map(({ member, turn }) => anchorOf(group, members[member] ?? 0, turn));
  for (const cluster of clusterAnchors(anchors, options.similarity)) {
    const compared = standardize(
      cluster.map((step) => steps[step]?.value ?? 0),
      statistics,
    );
    cluster.forEach((index, position) => {
      const step = steps[index];
      const row = step && values[step.member];
      if (row) row[step.turn] = { value: compared[position] ?? 0, members: cluster.length };
    });
  }
  return values;
}

/** What the policy has just read when the turn begins; `null` is the prompt, which the whole group shares. */
function anchorOf({ trajectories }: ShapedGroup, index: number, turn: number): string | null {
  return turn === 0 ? null : (trajectories[index]?.turns[turn - 1]?.observation?.text ?? '');
}
