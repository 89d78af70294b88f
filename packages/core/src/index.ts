/**
 * Contracts, configuration, plugin loading, rollout, credit, objective, training and run folder.
 *
 * @module core
 */
export type * from './contract/index.js';
export * from './comparison/index.js';
export * from './config/index.js';
export * from './container/index.js';
export * from './credit/index.js';
export * from './credit-report/index.js';
export * from './data/index.js';
export * from './errors/index.js';
export * from './evaluation/index.js';
export * from './objective/index.js';
export * from './plugin/index.js';
export * from './progress/index.js';
export * from './random/index.js';
export * from './rollout/index.js';
export * from './run/index.js';
export { describeIssues, formatPath, type ConfigIssue, type ConfigPath, type JsonSchema } from './schema/index.js';
export * from './search/index.js';
export * from './statistics/index.js';
export * from './text/index.js';
export * from './training/index.js';
