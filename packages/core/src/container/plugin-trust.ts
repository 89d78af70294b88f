import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/index.js';
import { readPluginLock, type PluginTrust } from '../plugin/index.js';

/** Which third-party packages a configuration lets run. Throws `PLUGIN_LOCK_INVALID`. */
export function pluginTrust({ config, folder }: LoadedConfig, lockedBy?: string): PluginTrust {
  const { allow = null, lock } = config.plugins;
  const lockFile = resolve(folder, lock);
  return {
    allow,
    lock: readPluginLock(lockFile),
    lockFile,
    locked: lockedBy !== undefined,
    lockedBy: lockedBy ?? '',
  };
}
