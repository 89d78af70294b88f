import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Logger, Passage, Question } from '../contract/index.js';
import type { BuiltinPlugins, OfferedModules } from '../plugin/index.js';

/** What is asked of a generated world. */
export interface WorldRequest {
  readonly difficulty: string;
  readonly seed: number;
  /** Absent: the world's own number. */
  readonly trainQuestions?: number;
  readonly evalQuestions?: number;
}

/** Corpus and questions that belong together. */
export interface World {
  readonly passages: readonly Passage[];
  readonly train: readonly Question[];
  readonly eval: readonly Question[];
}

/** Makes a world; throws with a message for the user when the request cannot be met. */
export type WorldSource = (request: WorldRequest) => World | Promise<World>;

/** What surrounds a run and is given to it from outside: the command line makes one. */
export interface RunEnvironment {
  readonly builtins: BuiltinPlugins;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Generated worlds by name. Default: none. */
  readonly worlds?: Readonly<Record<string, WorldSource>>;
  /** Folders that plugins may ask for by name, e.g. a base checkpoint. Default: none. */
  readonly resolveAsset?: (name: string) => string | null;
  /** Default: the system's. */
  readonly clock?: { now(): number };
  /** Default: {@link defaultCacheFolder}. */
  readonly cacheFolder?: string;
  /** Modules local plugin files may import by name. */
  readonly modules?: OfferedModules;
  /** Why every third-party package must be in the lock file, e.g. `--locked`. Default: it need not. */
  readonly locked?: string | undefined;
}

/** `TURNWISE_CACHE`, else `turnwise` in the user's cache folder. */
export function defaultCacheFolder(): string {
  const { TURNWISE_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own ?? join(shared ?? join(homedir(), '.cache'), 'turnwise');
}
