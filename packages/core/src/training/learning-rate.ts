export interface LearningRateSchedule {
  readonly learningRate: number;
  /** Steps over which the rate rises linearly from 0; 0 for none. */
  readonly warmupSteps: number;
  /** After the warm-up: `constant`, or `linear` down to 0 after the last step. */
  readonly schedule: 'constant' | 'linear';
  readonly steps: number;
}

/** The learning rate of a 1-based step. */
export function learningRateOfStep(options: LearningRateSchedule, step: number): number {
  const { learningRate, warmupSteps, schedule, steps } = options;
  if (step <= warmupSteps) return (learningRate * step) / (warmupSteps + 1);
  if (schedule === 'constant') return learningRate;
  return (learningRate * (steps - step + 1)) / Math.max(1, steps - warmupSteps);
}
