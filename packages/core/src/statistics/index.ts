export * from './crossed-bootstrap.js';
export * from './holm.js';
export * from './interval.js';
export * from './mean-and-deviation.js';
export * from './sign-flip-test.js';
export * from './spread.js';
