import { resolve } from 'node:path';
import { isFilePlugin } from '../plugin/plugin-name.js';
import type { ConfigPath } from '../schema/index.js';
import type { PluginUse } from './plugin-use-schema.js';
import type { SearchLayerOptions } from '../search/layer-options.js';
import type { RunConfig } from './run-config.js';

/** The files of recorded searches. */
function layerPaths(layer: SearchLayerOptions, folderOf: (path: ConfigPath) => string): SearchLayerOptions {
  const { record, replay, ...rest } = layer;
  const folder = (key: string): string => folderOf(['search', 'layer', key]);
  return {
    ...rest,
    ...(record !== undefined && { record: resolve(folder('record'), record) }),
    ...(replay !== undefined && { replay: resolve(folder('replay'), replay) }),
  };
}

/**
 * Makes the paths the core itself reads absolute: data files, the folder of runs, plugins named by file. Paths inside
 * plugin options are the plugin's own affair.
 *
 * @param folderOf Where a relative path at a place of the configuration starts.
 */
export function resolvePaths(config: RunConfig, folderOf: (path: ConfigPath) => string): RunConfig {
  const absolute = <Source>(source: Source, path: ConfigPath): Source => {
    if (typeof source !== 'object' || source === null || !('file' in source)) return source;
    return { ...source, file: resolve(folderOf([...path, 'file']), String(source.file)) };
  };
  const plugin = <Use extends PluginUse>(part: Use, path: ConfigPath): Use => {
    if (typeof part.use !== 'string' || !isFilePlugin(part.use)) return part;
    return { ...part, use: resolve(folderOf([...path, 'use']), part.use) };
  };
  const { data, run } = config;
  return {
    ...config,
    data: {
      ...(data.train && { train: absolute(data.train, ['data', 'train']) }),
      ...(data.eval && { eval: absolute(data.eval, ['data', 'eval']) }),
    },
    ...(config.corpus && { corpus: absolute(config.corpus, ['corpus']) }),
    policy: plugin(config.policy, ['policy']),
    search: { ...plugin(config.search, ['search']), layer: layerPaths(config.search.layer, folderOf) },
    protocol: plugin(config.protocol, ['protocol']),
    reward: config.reward.map((part, index) => plugin(part, ['reward', index])),
    advantage: plugin(config.advantage, ['advantage']),
    trackers: config.trackers.map((part, index) => plugin(part, ['trackers', index])),
    run: run.folder === undefined ? run : { ...run, folder: resolve(folderOf(['run', 'folder']), run.folder) },
  };
}
