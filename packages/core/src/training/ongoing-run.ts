import { CheckpointKeeper } from './checkpoint-keeper.js';
import { PolicyGate } from './policy-gate.js';
import type { TrainingEvent } from './trainer-state.js';
import type {
  StepProgress,
  TrainingData,
  TrainingOptions,
  TrainingParts,
  TrainingRecord,
  TrainingSettings,
} from './training-settings.js';

/** What all steps of a run share. */
export interface OngoingRun {
  readonly parts: TrainingParts;
  /** The settings as configured, before any rollback changed them. */
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly record: TrainingRecord;
  /** Once aborted, the step under way is given up. */
  readonly signal: AbortSignal;
  /** Once aborted, the run ends after the step under way. */
  readonly interrupt: AbortSignal | undefined;
  /** What is known between two steps. */
  readonly keeper: CheckpointKeeper;
  /** The policy of the parts, when rollouts go on while it is updated; `null` when they take turns. */
  readonly gate: PolicyGate | null;
  /** Says what a step is doing. */
  readonly onProgress: (progress: Omit<StepProgress, 'steps'>) => void;
  /** Records that something happened beside the metrics, then tells of it. */
  readonly tell: (event: TrainingEvent) => Promise<void>;
}

/**
 * Puts together what all steps share. Above `rollout.maxStaleness: 0` the policy of the parts is behind a gate, because
 * rollouts then go on while it is updated.
 */
export function ongoingRun(
  given: TrainingParts,
  settings: TrainingSettings,
  data: TrainingData,
  { record, signal, interrupt, ...options }: TrainingOptions,
): OngoingRun {
  const gate = (settings.rollout.maxStaleness ?? 0) > 0 ? new PolicyGate(given.policy, 0) : null;
  const parts = gate === null ? given : { ...given, policy: gate };
  const keeper = new CheckpointKeeper(parts, settings, data, record);
  const { steps } = settings.training;
  const onProgress: OngoingRun['onProgress'] = (progress) => options.onProgress?.({ steps, ...progress });
  const tell = async (event: TrainingEvent): Promise<void> => {
    await keeper.tell(event);
    options.onEvent?.(event);
    onProgress({ step: event.step, phase: 'event', message: event.message });
  };
  return { parts, settings, data, record, signal, interrupt, keeper, gate, onProgress, tell };
}
