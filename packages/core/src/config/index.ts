export { formatPath, type ConfigPath } from './config-path.js';
export type { CorpusSource, QuestionSource } from './data-schema.js';
export { defineRun } from './define-run.js';
export { describeIssues, type ConfigIssue } from './describe-issues.js';
export { loadConfig, type LoadConfigOptions, type LoadedConfig } from './load-config.js';
export type { PluginUse, RewardUse } from './plugin-use-schema.js';
export type { RunConfig } from './run-config.js';
export { runJsonSchema, type RunConfigInput } from './run-schema.js';
export { builtinStrategies, defaultStrategy, type StrategyPair } from './strategies.js';
