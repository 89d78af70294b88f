export * from './learning-rate.js';
export * from './question-order.js';
export * from './train-run.js';
export * from './training-settings.js';
