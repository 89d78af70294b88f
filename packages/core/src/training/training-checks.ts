import type { Policy, TrajectoryGroup } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { TrainingParts, TrainingSettings } from './training-settings.js';

function assertTruncation({ importanceTruncation }: Policy['capabilities'], epochs: number): void {
  if (importanceTruncation !== true) {
    throw new TurnwiseError('RUN_NOT_TRAINABLE', 'The configured policy does not support importance truncation.', {
      where: 'objective.importanceTruncation',
      hint: 'Leave it out: the ratio is then taken to the policy that sampled.',
    });
  }
  if (epochs > 1) {
    throw new TurnwiseError(
      'RUN_NOT_TRAINABLE',
      `objective.importanceTruncation is for one update a batch, and training.epochs is ${epochs}.`,
      { where: 'objective.importanceTruncation', hint: 'Set training.epochs to 1, or leave the truncation out.' },
    );
  }
}

/** @throws RUN_NOT_TRAINABLE when the policy cannot be trained, or not with this objective */
export function assertTrainable({ policy }: TrainingParts, { objective, rollout, training }: TrainingSettings): void {
  const { capabilities } = policy;
  if (!capabilities.trainable) {
    throw new TurnwiseError('RUN_NOT_TRAINABLE', 'The configured policy cannot be trained.', {
      where: 'policy.use',
      hint: 'Use a trainable policy such as `transformer`, or run `turnwise eval`.',
    });
  }
  if ((objective.importanceTruncation ?? null) !== null) assertTruncation(capabilities, training.epochs);
  if (!capabilities.objectives.includes(objective.kind)) {
    throw new TurnwiseError(
      'RUN_NOT_TRAINABLE',
      `The configured policy does not support the objective ${JSON.stringify(objective.kind)}.`,
      { where: 'objective.kind', hint: `It supports: ${capabilities.objectives.join(', ')}.` },
    );
  }
  const { weightDecay, maxGradientNorm } = training;
  const refusal = policy.refuses?.({ objective, temperature: rollout.temperature, weightDecay, maxGradientNorm });
  if (refusal != null) throw new TurnwiseError('RUN_NOT_TRAINABLE', refusal.message, refusal);
}

/** @throws ROLLOUT_ALL_FAILED when infrastructure ended every trajectory */
export function assertSomeSucceeded(
  groups: readonly TrajectoryGroup[],
  step: number,
  what: 'trajectories' | 'held-out trajectories' = 'trajectories',
): void {
  const trajectories = groups.flatMap((group) => group.trajectories);
  const failures = trajectories.flatMap((trajectory) => trajectory.failure ?? []);
  if (trajectories.length === 0 || failures.length < trajectories.length) return;
  throw new TurnwiseError(
    'ROLLOUT_ALL_FAILED',
    `All ${trajectories.length} ${what} of step ${step} failed; the first: ${failures[0]?.code} ${failures[0]?.message}`,
    { hint: 'Check the search tool with `turnwise search` and the policy with `turnwise eval`.' },
  );
}
