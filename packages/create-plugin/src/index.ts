export { createPackage } from './create-package.js';
export { newPlugin, packageName, pluginKindNames, type NewPlugin, type PluginWishes } from './new-plugin.js';
export { packageFiles } from './package-files.js';
export { runCreatePlugin, type CreateTerminal } from './run.js';
