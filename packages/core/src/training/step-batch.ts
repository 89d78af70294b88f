import type { TrainingBatch, TrainingSequence } from '../contract/index.js';
import { advantagesToTokens } from '../credit/index.js';
import { countDenominators } from '../objective/index.js';
import { isDead, type DeadGroups } from './dead-groups.js';
import type { SampledGroup } from './sample-step.js';
import type { TrainingSettings } from './training-settings.js';

/**
 * The tokens of a step's update. Trajectories that infrastructure ended are in no sum and no denominator; what dead
 * groups are in says `training.deadGroups`.
 *
 * @returns `null` when nothing is left to divide the loss by: there is no update to make
 */
export function stepBatch(
  groups: readonly SampledGroup[],
  deadGroups: DeadGroups,
  { temperature, maxTurns, maxTokensPerTurn }: TrainingSettings['rollout'],
): TrainingBatch | null {
  const { countDead, computeDead } = treatmentOf(deadGroups);
  const computed: TrainingSequence[] = [];
  const counted: TrainingSequence[] = [];
  for (const { group, advantages, leftOut } of groups) {
    if (leftOut !== null) continue;
    const dead = isDead(advantages);
    group.trajectories.forEach((trajectory, member) => {
      if (trajectory.failure !== undefined) return;
      const sequence = advantagesToTokens(trajectory, advantages.turns[member] ?? []);
      if (!dead || computeDead) computed.push(sequence);
      if (!dead || countDead) counted.push(sequence);
    });
  }
  if (counted.length === 0) return null;
  const same = countDead === computeDead;
  return {
    sequences: computed,
    temperature,
    maxTokens: maxTurns * maxTokensPerTurn,
    ...(same ? {} : { denominators: countDenominators(counted) }),
  };
}

function treatmentOf(deadGroups: DeadGroups): { countDead: boolean; computeDead: boolean } {
  if (deadGroups.policy !== 'keep') return { countDead: false, computeDead: false };
  return { countDead: deadGroups.countInDenominators, computeDead: deadGroups.regularise };
}
