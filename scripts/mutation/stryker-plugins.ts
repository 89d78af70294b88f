import { declareClassPlugin, declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { ignoreErrorTexts } from './ignore-error-texts.js';
import { InProcessRunner } from './in-process-runner.js';

/** What stryker.config.mjs finds under the names `in-process` and `error-texts`. */
export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner),
  declareValuePlugin(PluginKind.Ignore, 'error-texts', ignoreErrorTexts),
];
