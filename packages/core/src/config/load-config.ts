import type { OfferedModules } from '../plugin/import-local-module.js';
import { describeIssues, formatPath, type ConfigIssue, type ConfigPath } from '../schema/index.js';
import { configInvalid } from './config-invalid.js';
import { applySetOptions, setOptionFor } from './apply-set-options.js';
import { emptySource, findConfigFile, readConfigSource, type ConfigSource } from './config-source.js';
import { resolvePaths } from './resolve-paths.js';
import { resolveStrategy } from './resolve-strategy.js';
import { resolveWorlds } from './resolve-worlds.js';
import { runJsonSchema, runSchema } from './run-schema.js';
import { parseSetOption, type OtherwiseSet, type SetOption } from './set-option.js';
import { builtinStrategies } from './strategies.js';
import type { RunConfig } from './run-config.js';

/** A checked configuration with what is needed to say where each part of it was asked for. */
export interface LoadedConfig {
  readonly config: RunConfig;
  /** Name of the strategy; `custom` when reward and advantage are spelled out. */
  readonly strategy: string;
  /** What `strategy` could name: the built-in ones and the configuration's own. */
  readonly strategyNames: readonly string[];
  /** Absolute path; `null` for a configuration of defaults and `--set` alone. */
  readonly file: string | null;
  /** Relative paths start here: the folder of the file. */
  readonly folder: string;
  /** Where a part of the configuration was asked for: `file:line:column`, `--set a.b=c`, or the file. */
  readonly locate: (path: ConfigPath, what?: 'key' | 'value') => string;
}

export interface LoadConfigOptions {
  /** Path as given by the user; `null` for none; absent: looked for in the current folder. */
  readonly file?: string | null | undefined;
  /** `a.b=c`, without `--set`; or the same of what was typed otherwise. */
  readonly set?: readonly (string | OtherwiseSet)[] | undefined;
  /** Relative paths typed on the command line start here. Default: the process's. */
  readonly currentFolder?: string | undefined;
  /** Modules a TypeScript configuration may import by name without having them installed. */
  readonly modules?: OfferedModules | undefined;
}

/**
 * Reads, overrides, checks and resolves a configuration. Every problem found is reported, not only the first.
 *
 * @throws CONFIG_NOT_FOUND, CONFIG_PARSE, CONFIG_INVALID, CONFIG_USAGE (a malformed `--set`).
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  const { currentFolder = process.cwd() } = options;
  const overrides = (options.set ?? []).map(parseSetOption);
  const source =
    options.file === null
      ? emptySource(currentFolder)
      : await readConfigSource(options.file ?? findConfigFile(currentFolder), currentFolder, options.modules);
  return checkConfig(source, overrides, currentFolder);
}

/** The part of {@link loadConfig} after reading. */
export function checkConfig(
  source: ConfigSource,
  overrides: readonly SetOption[],
  currentFolder: string,
): LoadedConfig {
  const locate = locator(source, overrides);
  const raw = applySetOptions(source.value, overrides);
  const parsed = runSchema.safeParse(raw);
  const issues: ConfigIssue[] = parsed.success ? [] : describeIssues(parsed.error.issues, raw, runJsonSchema());
  const { strategy, issues: strategyIssues } = resolveStrategy(raw);
  issues.push(...strategyIssues);
  if (!parsed.success || strategy === null) throw configInvalid(source.label, issues, locate);
  const { strategy: _name, strategies: own, ...rest } = parsed.data;
  const world = resolveWorlds({ ...rest, reward: strategy.reward, advantage: strategy.advantage });
  if (world.issues.length > 0) throw configInvalid(source.label, world.issues, locate);
  const folderOf = (path: ConfigPath): string =>
    setOptionFor(overrides, path) === undefined ? source.folder : currentFolder;
  return {
    config: inOrder(resolvePaths(world.config, folderOf)),
    strategy: strategy.name,
    strategyNames: [...Object.keys(builtinStrategies), ...Object.keys(own)],
    file: source.file,
    folder: source.folder,
    locate,
  };
}

/** Sections in the order of the schema, however the configuration was made, so that printed ones can be compared. */
function inOrder(config: RunConfig): RunConfig {
  const sections = Object.keys(runSchema.shape) as (keyof RunConfig)[];
  return Object.fromEntries(sections.flatMap((key) => (key in config ? [[key, config[key]]] : []))) as never;
}

/**
 * Looks a path up in the `--set` options, then in the file; where a path has no place of its own, the nearest one
 * around it. Parts of a pair that came from a strategy stand where the strategy is named.
 */
function locator(source: ConfigSource, overrides: readonly SetOption[]): LoadedConfig['locate'] {
  return (path, what = 'value') => {
    const candidates = spellings(path);
    for (const candidate of candidates) {
      const override = setOptionFor(overrides, candidate);
      if (override !== undefined) return override.typed;
    }
    // A misspelt key has no value of its own where `--set` wrote below it: `--set polic.use=x` makes `polic`.
    const below = overrides.find((override) => source.position(path, 'key') === null && isPrefix(path, override.path));
    if (below !== undefined && path.length > 0) return below.typed;
    for (let cut = 0; cut < path.length; cut++) {
      for (const candidate of candidates.filter(({ length }) => length > cut)) {
        const position = source.position(candidate.slice(0, candidate.length - cut), cut === 0 ? what : 'key');
        if (position !== null) return `${source.label}:${position.line}:${position.column}`;
      }
    }
    return path.length === 0 ? source.label : `${source.label}, ${formatPath(path)}`;
  };
}

function isPrefix(path: ConfigPath, longer: ConfigPath): boolean {
  return path.length < longer.length && path.every((part, index) => part === longer[index]);
}

/** A single reward may stand with or without a list around it. */
function spellings(path: ConfigPath): ConfigPath[] {
  const [section, index, ...rest] = path;
  if (section === 'advantage') return [path, ['strategy']];
  if (section !== 'reward') return [path];
  const other = index === 0 ? ['reward', ...rest] : typeof index === 'string' ? ['reward', 0, index, ...rest] : null;
  return other === null ? [path, ['strategy']] : [path, other, ['strategy']];
}
