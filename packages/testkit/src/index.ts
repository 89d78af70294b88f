/**
 * Conformance suites and generators for authors of plugins.
 *
 * @module testkit
 */
export * from './advantage/advantage-conformance.js';
export * from './advantage/estimator-laws.js';
export * from './generators/shaped-groups.js';
export * from './generators/trajectories.js';
export { policyConformance, type PolicySuiteSettings } from './policy/policy-conformance.js';
export {
  protocolConformance,
  type ProtocolFixture,
  type ProtocolSuiteSettings,
} from './protocol/protocol-conformance.js';
export { rewardConformance, type RewardSuiteSettings } from './reward/reward-conformance.js';
export type { RewardClaims } from './reward/reward-subject.js';
export { ConformanceError, type Runner } from './rule.js';
export { searchToolConformance, type SearchSuiteSettings } from './search/search-conformance.js';
export type { SearchClaims, SearchFixture } from './search/search-rules.js';
export type { SuiteSettings } from './settings.js';
export { testContext, testPassages, type TestContextSettings } from './test-context.js';
export { trackerConformance, type RecordedMetrics, type TrackerSuiteSettings } from './tracker/tracker-conformance.js';
