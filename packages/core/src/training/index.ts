export type { DeadGroups } from './dead-groups.js';
export { expendable, type BestBy, type Retention } from './retention.js';
export type { BestValue, SavesPlugins, TrainerState, TrainingEvent } from './trainer-state.js';
export * from './learning-rate.js';
export * from './question-order.js';
export { heldOutScores } from './step-metrics.js';
export * from './train-run.js';
export * from './training-settings.js';
