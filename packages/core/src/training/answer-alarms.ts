import { TurnwiseError } from '../errors/index.js';
import { deriveSeed } from '../random/index.js';
import type { OngoingRun } from './ongoing-run.js';
import type { Metrics } from './step-metrics.js';
import type { ResumePoint, TrainingSettings } from './training-settings.js';
import { shortNumber, type Alarm } from './watchdog.js';

/**
 * Shows the watchdog a step, does what its gravest alarm asks for, and records every one.
 *
 * A rollback goes to the newest checkpoint from before the window the alarm was raised on. The steps after it are done
 * again, with a smaller learning rate and other questions and samples ({@link afterRollbacks}).
 *
 * @param trajectories sampled in the step
 * @returns where the run goes on, for a rollback; `null`: as it was
 * @throws RUN_COLLAPSED for a stop, and for a rollback that is one too many or has nowhere to go
 */
export async function answerAlarms(
  { settings, keeper, record, tell }: OngoingRun,
  metrics: Metrics,
  trajectories: number,
): Promise<Omit<ResumePoint, 'before' | 'after'> | null> {
  const { watchdog } = settings.training;
  if (keeper.watchdog === null || watchdog === undefined) return null;
  const step = metrics['step'] as number;
  const alarms = keeper.watchdog.look(metrics, trajectories);
  for (const { name, metric, mean, limit, action } of alarms) {
    const message = `step ${step}: ${metric}, the mean of ${watchdog.window} steps, is ${shortNumber(mean)}: ${limit} (training.watchdog.${name})`;
    await tell({ step, kind: 'watchdog', message, threshold: name, metric, mean, limit, action });
  }
  const gravest = alarms[0];
  if (gravest === undefined || gravest.action === 'warn') return null;
  if (gravest.action === 'stop') throw collapsed(gravest, step, 'the run was told to stop');
  const { most } = watchdog.rollback;
  if (keeper.rollbacks >= most) throw collapsed(gravest, step, `the run went back ${most} times already`);
  const back = await record.goBack(step - watchdog.window, keeper.rollbacks + 1);
  if (back === null) throw collapsed(gravest, step, `no whole checkpoint is older than ${watchdog.window} steps`);
  keeper.rollbacks++;
  await keeper.goOn(back, true);
  const message = `step ${step}: back to step ${back.step}, rollback ${keeper.rollbacks} of at most ${most}`;
  await tell({ step, kind: 'rollback', message, to: back.step, rollback: keeper.rollbacks });
  return back;
}

/** How a run trains on after so many rollbacks. Held-out measurements stay as they were. */
export function afterRollbacks(settings: TrainingSettings, rollbacks: number): TrainingSettings {
  const { watchdog } = settings.training;
  if (rollbacks === 0 || watchdog === undefined) return settings;
  const { learningRateFactor, reorder } = watchdog.rollback;
  const learningRate = settings.training.learningRate * learningRateFactor ** rollbacks;
  const seed = reorder ? deriveSeed(settings.seed, 'rollback', rollbacks) : settings.seed;
  return { ...settings, seed, training: { ...settings.training, learningRate } };
}

function collapsed({ name, metric, mean, limit }: Alarm, step: number, why: string): TurnwiseError {
  return new TurnwiseError(
    'RUN_COLLAPSED',
    `At step ${step} ${metric} is ${shortNumber(mean)}, ${limit}, and ${why}.`,
    {
      where: `training.watchdog.${name}`,
      hint:
        'The checkpoints are intact. To go on all the same: --resume with --set training.watchdog.' +
        `${name}.action=warn.`,
    },
  );
}
