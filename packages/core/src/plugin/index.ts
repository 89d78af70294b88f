export { mergeBuiltins, type BuiltinPlugin, type BuiltinPlugins } from './builtin-plugins.js';
export { coreVersion } from './core-version.js';
export * from './define.js';
export { listBuiltinPlugins, type PluginListing } from './list-plugins.js';
export { loadPlugins } from './load-plugins.js';
export type { LoadedPlugin, PluginOrigin, PluginRequest } from './loaded-plugin.js';
export { findPackageFolder, readPluginManifest, type PluginManifest } from './plugin-manifest.js';
export type { OfferedModules } from './import-local-module.js';
export type { PluginSources } from './resolve-plugin.js';
