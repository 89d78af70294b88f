export * from './answer-scores.js';
export * from './bounded-bytes.js';
export * from './gold-matcher.js';
export * from './normalize-answer.js';
export * from './printable.js';
