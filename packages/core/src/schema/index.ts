export { formatPath, isWithin, showValue, valueAt, type ConfigPath } from './config-path.js';
export { describeIssues, type ConfigIssue, type JsonSchema } from './describe-issues.js';
