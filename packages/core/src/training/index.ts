export type { DeadGroups } from './dead-groups.js';
export * from './learning-rate.js';
export * from './question-order.js';
export { heldOutScores } from './step-metrics.js';
export * from './train-run.js';
export * from './training-settings.js';
