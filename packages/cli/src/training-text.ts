import { formatDuration, type LoadedConfig, type TrainingSummary } from '@turnwise/core';
import { percent, scoresJson } from './evaluation-text.js';

/** The end of a training run as JSON output shows it. */
export function summaryJson(
  summary: TrainingSummary,
  { strategy, config }: LoadedConfig,
  runFolder: string,
): Record<string, unknown> {
  const { before, after, ...rest } = summary;
  return { runFolder, strategy, seed: config.seed, ...rest, before: scoresJson(before), after: scoresJson(after) };
}

/** The same for people: what held-out questions gained, what it took, where it is recorded. */
export function summaryText(summary: TrainingSummary, runFolder: string): string {
  const { before, after, steps, seconds, trajectories, failures } = summary;
  const gain = 100 * (after.exactMatch - before.exactMatch);
  const failed = failures > 0 ? ` (${failures} failed)` : '';
  return [
    `exact match  ${percent(before.exactMatch)} -> ${percent(after.exactMatch)}  (${gain >= 0 ? '+' : ''}${gain.toFixed(1)} points)`,
    `F1           ${percent(before.f1)} -> ${percent(after.f1)}`,
    `took         ${steps} step${steps === 1 ? '' : 's'}, ${trajectories} trajectories${failed}, ${formatDuration(seconds)}`,
    `run folder   ${runFolder}`,
  ].join('\n');
}
