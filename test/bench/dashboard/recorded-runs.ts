import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupsOf, metricRow, type GroupShape } from './recorded-steps.js';

export interface RunWish {
  readonly steps: number;
  readonly seed: number;
  readonly strategy: string;
  /** The last steps whose groups are recorded. */
  readonly recorded: number;
  readonly shape: GroupShape;
}

/** Writes a finished run as the run folder does; resolves to the bytes of its groups. */
export function writeRecordedRun(folder: string, { steps, seed, strategy, recorded, shape }: RunWish): number {
  mkdirSync(join(folder, 'trajectories'), { recursive: true });
  const config = {
    policy: { use: 'transformer', with: { base: 'quickstart' } },
    advantage: { use: strategy },
    rollout: { questionsPerStep: shape.groups, groupSize: shape.trajectories, maxTurns: 5 },
    training: { steps, learningRate: 0.001, evalEvery: 50 },
  };
  const manifest = { version: 1, createdAt: '2026-01-02T03:04:05Z', strategy, seed, config, plugins: [], versions: {} };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const rows = Array.from({ length: steps + 1 }, (_, step) => metricRow(step, steps, seed));
  writeFileSync(join(folder, 'metrics.jsonl'), rows.join(''));
  const events = Array.from({ length: steps / 500 }, (_, index) => {
    const step = 500 * (index + 1);
    return `${JSON.stringify({ step, kind: 'checkpoint', name: `step-${step}` })}\n`;
  });
  writeFileSync(join(folder, 'events.jsonl'), events.join(''));
  let bytes = 0;
  for (let step = steps - recorded + 1; step <= steps; step++) {
    const text = groupsOf(step, steps, shape);
    bytes += text.length;
    writeFileSync(join(folder, 'trajectories', `step-${String(step).padStart(6, '0')}.jsonl`), text);
  }
  return bytes;
}
