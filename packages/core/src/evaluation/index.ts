export * from './evaluate.js';
export * from './evaluation-intervals.js';
export * from './evaluation-report.js';
export * from './question-score.js';
