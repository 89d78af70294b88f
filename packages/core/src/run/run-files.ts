import { join } from 'node:path';

/** Where everything of a run is: paths, from its folder on. */
export interface RunFiles {
  readonly folder: string;
  readonly lock: string;
  readonly manifest: string;
  readonly metrics: string;
  readonly events: string;
  /** A file a recorded step. */
  readonly trajectories: string;
  /** A file an evaluated step. */
  readonly evaluations: string;
  /** A folder a saved step. */
  readonly checkpoints: string;
  /** Which checkpoint is the best. */
  readonly best: string;
  /** A folder a rollback, by its number. */
  readonly rollbacks: string;
}

/** The paths of a run in a folder, whether or not they are there. */
export function runFiles(folder: string): RunFiles {
  const checkpoints = join(folder, 'checkpoints');
  return {
    folder,
    lock: join(folder, 'run.lock'),
    manifest: join(folder, 'manifest.json'),
    metrics: join(folder, 'metrics.jsonl'),
    events: join(folder, 'events.jsonl'),
    trajectories: join(folder, 'trajectories'),
    evaluations: join(folder, 'evaluations'),
    checkpoints,
    best: join(checkpoints, 'best.json'),
    rollbacks: join(folder, 'rollbacks'),
  };
}
