import type { StepProgress } from '../training/index.js';
import { formatDuration } from './format-duration.js';
import type { StatusLine } from './status-line.js';

/**
 * Turns the training loop's reports into the status line: step, what it is doing, the learning signal (mean outcome,
 * share of groups that teach something, held-out exact match), rate and remaining time. Where there is no terminal,
 * steps with a held-out measurement are always shown. What the loop reports beside its steps stays above the line.
 *
 * @param now Milliseconds; only differences are used.
 */
export function trainingProgress(
  line: StatusLine,
  now: () => number = () => performance.now(),
): (progress: StepProgress) => void {
  let signal = '';
  let exactMatch = '';
  let pace: Pace | null = null;
  return ({ step, steps, phase, done, total, metrics, message }) => {
    if (phase === 'event') {
      line.print(`warn: ${message}`);
      return;
    }
    // The first measurement is no step: time is counted from its end.
    if (step >= 1) pace ??= { started: now(), firstStep: step, lastFinished: step - 1, finishedAt: now() };
    const measured = metrics?.['eval/exact-match'];
    if (measured !== undefined) exactMatch = `exact match ${percent(measured)}`;
    if (phase === 'done' && metrics !== undefined && pace !== null) {
      pace = { ...pace, lastFinished: step, finishedAt: now() };
      signal = learningSignal(metrics);
    }
    line.update(
      () => {
        const count = total === undefined ? '' : ` ${done}/${total}`;
        const doing = phase === 'done' ? '' : `${phase}${count}`;
        const head = step === 0 ? 'before training' : `step ${step}/${steps}`;
        return [head, doing, signal, exactMatch, paceText(pace, steps, now())]
          .filter((part) => part !== '')
          .join(' | ');
      },
      phase === 'done' && (measured !== undefined || step === steps),
    );
  };
}

function learningSignal(metrics: Readonly<Record<string, number>>): string {
  const outcome = metrics['reward/outcome-mean'];
  const dead = metrics['groups/dead'];
  const parts = [
    ...(outcome === undefined ? [] : [`reward ${outcome.toFixed(3)}`]),
    ...(dead === undefined ? [] : [`learning from ${percent(1 - dead)} of groups`]),
  ];
  return parts.join(', ');
}

/** Milliseconds. A continued run starts at a later step than 1. */
interface Pace {
  readonly started: number;
  readonly firstStep: number;
  readonly lastFinished: number;
  readonly finishedAt: number;
}

function paceText(pace: Pace | null, steps: number, now: number): string {
  if (pace === null || pace.lastFinished < pace.firstStep) return '';
  const perStep = (pace.finishedAt - pace.started) / 1000 / (pace.lastFinished - pace.firstStep + 1);
  const rate = perStep > 1 ? `${perStep.toFixed(1)} s/step` : `${(1 / perStep).toFixed(1)} steps/s`;
  if (pace.lastFinished >= steps) return `${rate}, ${formatDuration((now - pace.started) / 1000)}`;
  const left = perStep * (steps - pace.lastFinished) - (now - pace.finishedAt) / 1000;
  return `${rate}, ${formatDuration(Math.max(0, left))} left`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
