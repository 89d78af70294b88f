export * from './error-codes.js';
export * from './turnwise-error.js';
