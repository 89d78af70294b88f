export * from './advantages-to-tokens.js';
export * from './composition.js';
export * from './credit-statistics.js';
export * from './estimate-advantages.js';
export * from './first-occurrence.js';
export * from './group-statistics.js';
export * from './near-miss.js';
export * from './shape-groups.js';
