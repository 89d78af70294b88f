import { join } from 'node:path';

/** Where everything of a run is: paths, from its folder on. */
export interface RunFiles {
  readonly folder: string;
  readonly lock: string;
  readonly manifest: string;
  readonly metrics: string;
  readonly events: string;
  /** One file for each recorded step. */
  readonly trajectories: string;
  /** One file for each evaluated step. */
  readonly evaluations: string;
  /** One folder for each saved step. */
  readonly checkpoints: string;
  /** The file that says which checkpoint is the best. */
  readonly best: string;
  /** One folder for each rollback, by its number. */
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
