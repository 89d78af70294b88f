export { composeRun, coreBuiltins } from './compose-run.js';
export type { DataDigest } from './run-data.js';
export {
  defaultCacheFolder,
  type RunEnvironment,
  type World,
  type WorldRequest,
  type WorldSource,
} from './run-environment.js';
export { RunScope, type PluginMemory } from './run-scope.js';
export { pluginRequests } from './plugin-requests.js';
export { pluginTrust } from './plugin-trust.js';
