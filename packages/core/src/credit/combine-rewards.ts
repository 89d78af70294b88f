import type { Trajectory, TrajectoryGroup, TurnRewards } from '../contract/index.js';
import type { WeightedShaper } from './shape-groups.js';

/**
 * Adds the rewards of several shapers up by weight: outcome = sum w_s o_s and r(i, k) = sum w_s r_s(i, k). The first
 * shaper decides whether a trajectory is right and where gold first occurred; a trajectory from which any shaper
 * abstains abstains, because a sum with a missing part cannot be compared with complete ones. What each shaper
 * contributed to the outcome is kept under its name in `components`.
 *
 * A trajectory that infrastructure ended abstains here whatever the shapers say: plugins may forget this rule, the core
 * may not.
 *
 * @param parts what each shaper gave, checked: one entry a trajectory, one number a turn
 */
export function combineRewards(
  group: TrajectoryGroup,
  shapers: readonly WeightedShaper[],
  parts: readonly (readonly TurnRewards[])[],
): readonly TurnRewards[] {
  const [only] = parts;
  const sums = parts.length === 1 && only && shapers[0]?.weight === 1 ? only : addUp(group, shapers, parts);
  return group.trajectories.map((trajectory, index) => {
    const rewards = sums[index] as TurnRewards;
    const { failure } = trajectory;
    return failure === undefined || rewards.outcome === null ? rewards : abstaining(trajectory, failure.code, rewards);
  });
}

function abstaining(trajectory: Trajectory, code: string, rewards: TurnRewards): TurnRewards {
  const reason = `abstains: ${code} ended the trajectory`;
  const turns = trajectory.turns.map(() => 0);
  return { ...rewards, outcome: null, correct: false, turns, reasons: turns.map(() => reason) };
}

function addUp(
  group: TrajectoryGroup,
  shapers: readonly WeightedShaper[],
  parts: readonly (readonly TurnRewards[])[],
): readonly TurnRewards[] {
  return group.trajectories.map((trajectory, index) => {
    const scored = shapers.map(({ name, weight }, shaper) => ({
      name,
      weight,
      rewards: parts[shaper]?.[index] as TurnRewards,
    }));
    const primary = scored[0]?.rewards;
    const abstains = scored.length === 0 || scored.some(({ rewards }) => rewards.outcome === null);
    const sum = (part: (rewards: TurnRewards) => number): number =>
      scored.reduce((total, { weight, rewards }) => total + weight * part(rewards), 0);
    const firstOccurrence = scored.find(({ rewards }) => rewards.firstOccurrence !== undefined)?.rewards
      .firstOccurrence;
    return {
      outcome: abstains ? null : sum((rewards) => rewards.outcome ?? 0),
      correct: primary?.correct ?? false,
      answered: primary?.answered ?? trajectory.answer !== null,
      turns: trajectory.turns.map((_, turn) => (abstains ? 0 : sum((rewards) => rewards.turns[turn] ?? 0))),
      ...(firstOccurrence === undefined ? {} : { firstOccurrence }),
      reasons: trajectory.turns.map((_, turn) => joinReasons(scored, turn)),
      components: Object.assign({}, ...scored.map(weighedComponents)) as Record<string, number>,
    };
  });
}

interface Part {
  readonly name: string;
  readonly weight: number;
  readonly rewards: TurnRewards;
}

function joinReasons(parts: readonly Part[], turn: number): string | null {
  const reasons = parts.flatMap(({ name, weight, rewards }) => {
    const reason = rewards.reasons?.[turn];
    return reason ? [`${name} x ${weight}: ${reason}`] : [];
  });
  return reasons.length > 0 ? reasons.join('; ') : null;
}

function weighedComponents({ name, weight, rewards }: Part): Record<string, number> {
  const inner = Object.entries(rewards.components ?? {}).map(([component, value]) => [
    `${name}/${component}`,
    weight * value,
  ]);
  return { [name]: weight * (rewards.outcome ?? 0), ...(Object.fromEntries(inner) as Record<string, number>) };
}
