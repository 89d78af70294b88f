import type { PluginDefinition, PluginKind } from '../contract/index.js';
import type { ConfigPath } from '../schema/index.js';
import type { Isolation } from './isolation-limits.js';

/** One plugin as the configuration asks for it. */
export interface PluginRequest {
  readonly kind: PluginKind;
  /** A name, or the plugin itself from a TypeScript configuration. */
  readonly use: string | PluginDefinition;
  /** The `with` of the configuration, unchecked. */
  readonly options: unknown;
  /** Limits of a reward that is to run in a worker. */
  readonly isolation?: Isolation | undefined;
  /** Where in the configuration, e.g. `['reward', 1]`. */
  readonly path: ConfigPath;
  /** The same for messages. */
  readonly where: string;
  readonly locate: (path: ConfigPath, what?: 'key' | 'value') => string;
}

/** A plugin that passed every check and is ready to be created. */
export interface LoadedPlugin<Kind extends PluginKind = PluginKind> {
  readonly kind: Kind;
  readonly id: string;
  readonly definition: PluginDefinition<Kind>;
  /** Checked options, defaults filled in. */
  readonly options: unknown;
  readonly path: ConfigPath;
  readonly where: string;
  readonly origin: PluginOrigin;
  /** Absent for plugins that run on the main thread: all but isolated rewards. */
  readonly isolated?: IsolatedUse;
}

/** What a worker needs to make the plugin again. */
export interface IsolatedUse {
  readonly limits: Isolation;
  /** The file it imports. */
  readonly file: string;
  /** The `with` of the configuration as it was written; the worker checks it again and has defaults of its own. */
  readonly options: unknown;
}

/** Which code a plugin is; goes into the manifest of a run. */
export interface PluginOrigin {
  /** Package name, file, or `imported` for a value of a TypeScript configuration. */
  readonly source: string;
  readonly version: string;
  /** `sha256-<hex>`: of a third party's package all its files, else the imported file; `null` for the core and imported values. */
  readonly integrity: string | null;
  /** The file that was imported; `null` where there is none. */
  readonly path: string | null;
}
