import { formatDuration } from './format-duration.js';
import type { StatusLine } from './status-line.js';

/**
 * Progress of work that is a number of equal parts: count, rate, remaining time.
 *
 * @param what The parts in the plural, e.g. `trajectories`.
 * @param now Milliseconds; only differences are used.
 */
export function countProgress(
  line: StatusLine,
  what: string,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  const started = now();
  return (done, total) => {
    line.update(() => {
      const seconds = (now() - started) / 1000;
      const rate = done / Math.max(seconds, 1e-9);
      const left = done >= total ? formatDuration(seconds) : `${formatDuration((total - done) / rate)} left`;
      return `${done}/${total} ${what} | ${rate.toFixed(1)}/s, ${left}`;
    }, done === total);
  };
}
