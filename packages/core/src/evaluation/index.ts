export * from './evaluate.js';
export * from './question-score.js';
