export * from './composition-figure.js';
export * from './interval-figure.js';
export * from './line-figure.js';
