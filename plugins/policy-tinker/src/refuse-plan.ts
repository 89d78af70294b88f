import type { TrainingPlan, TrainingRefusal } from '@turnwise/core';

/** What no server of this API can do: penalties inside the loss, dual clip, training at another temperature. */
export function refusePlan({ objective, temperature }: TrainingPlan): TrainingRefusal | null {
  const server = 'the losses of Tinker servers';
  if (objective.kl.coefficient !== 0) {
    return {
      message: `objective.kl.coefficient is ${objective.kl.coefficient}, but ${server} have no KL term.`,
      where: 'objective.kl.coefficient',
      hint: 'Set it to 0, or train with `policy: { use: transformer }`.',
    };
  }
  if (objective.entropyCoefficient !== 0) {
    return {
      message: `objective.entropyCoefficient is ${objective.entropyCoefficient}, but ${server} have no entropy bonus.`,
      where: 'objective.entropyCoefficient',
      hint: 'Set it to 0, or train with `policy: { use: transformer }`.',
    };
  }
  if (objective.kind === 'ppo-clip' && objective.dualClip !== null) {
    return {
      message: `objective.dualClip is ${objective.dualClip}, but ${server} have no dual clip.`,
      where: 'objective.dualClip',
      hint: 'Set it to null, or train with `policy: { use: transformer }`.',
    };
  }
  if (temperature !== 1) {
    return {
      message: `rollout.temperature is ${temperature}, but Tinker servers train on log-probabilities at temperature 1.`,
      where: 'rollout.temperature',
      hint: 'Set it to 1; evaluation.temperature is free.',
    };
  }
  return null;
}
