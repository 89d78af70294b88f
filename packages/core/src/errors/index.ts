export * from './error-codes.js';
export * from './nearest-name.js';
export * from './turnwise-error.js';
