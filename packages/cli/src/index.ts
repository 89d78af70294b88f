export { builtinPlugins } from './builtin-plugins.js';
export { runCommandLine } from './command-line.js';
export type { Terminal } from './terminal.js';
export { builtinWorlds, resolveAsset } from './worlds.js';
