export { inspectPackage, type PackageInspection, type PackageProblem } from './inspect-package.js';
export { packageIntegrity } from './package-integrity.js';
export { lockFileName, readPluginLock, writePluginLock, type LockedPlugin } from './plugin-lock.js';
export { assertTrusted, type PluginTrust } from './plugin-trust.js';
