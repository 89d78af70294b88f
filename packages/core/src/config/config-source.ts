import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { suggestion, TurnwiseError } from '../errors/index.js';
import type { ConfigPath } from '../schema/index.js';
import { importLocalModule, type OfferedModules } from '../plugin/import-local-module.js';
import { parseYaml } from './parse-yaml.js';

/** Names looked for, in this order, when no file is given. */
const configFileNames = [
  'turnwise.config.ts',
  'turnwise.config.mts',
  'turnwise.config.js',
  'turnwise.config.yaml',
  'turnwise.config.yml',
  'turnwise.config.json',
  'turnwise.yaml',
  'turnwise.yml',
  'turnwise.json',
] as const;

/** Of a file that is parsed into memory. */
const mostBytes = 16_000_000;

/** Where in a file a key or its value stands. Both count from 1. */
interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A configuration as it was read, before any check. */
export interface ConfigSource {
  /** Absolute path; `null` for a configuration made of defaults and `--set` alone. */
  readonly file: string | null;
  /** The file's path as messages show it. */
  readonly label: string;
  /** Relative paths in the configuration start here. */
  readonly folder: string;
  readonly value: unknown;
  /** Position of a key (`key`) or of its value; `null` where the file says nothing or its format has no positions. */
  readonly position: (path: ConfigPath, what: 'key' | 'value') => SourcePosition | null;
}

/** A configuration that consists of defaults alone. */
export function emptySource(folder: string): ConfigSource {
  return { file: null, label: 'the default configuration', folder, value: {}, position: () => null };
}

/**
 * Reads a configuration: `.ts`, `.mts`, `.cts`, `.js`, `.mjs` by importing its default export, `.yaml`, `.yml` and
 * `.json` as data with positions. Throws `CONFIG_NOT_FOUND` and `CONFIG_PARSE`.
 */
export async function readConfigSource(
  file: string,
  currentFolder: string,
  modules?: OfferedModules,
): Promise<ConfigSource> {
  const absolute = resolve(currentFolder, file);
  const label = labelOf(absolute, currentFolder);
  if (!existsSync(absolute) || !statSync(absolute).isFile()) {
    throw new TurnwiseError('CONFIG_NOT_FOUND', `There is no configuration file ${label}.`, {
      where: `-c ${file}`,
      hint: `Paths on the command line are relative to ${currentFolder}.${suggestion(basename(absolute), namesIn(dirname(absolute)))}`,
    });
  }
  const common = { file: absolute, label, folder: dirname(absolute) };
  const extension = extname(absolute).toLowerCase();
  if (['.yaml', '.yml', '.json'].includes(extension)) {
    const { size } = statSync(absolute);
    if (size > mostBytes) {
      throw new TurnwiseError('CONFIG_PARSE', `${label} has ${size} bytes; a configuration has at most ${mostBytes}.`, {
        where: label,
        hint: 'Is it a data file? Questions and passages are named by `data` and `corpus`.',
      });
    }
    return { ...common, ...parseYaml(readFileSync(absolute, 'utf8'), label) };
  }
  if (/^\.[cm]?[tj]s$/.test(extension)) {
    return { ...common, value: await importConfig(absolute, label, modules), position: () => null };
  }
  throw new TurnwiseError('CONFIG_PARSE', `${label}: a configuration cannot be a ${extension || 'nameless'} file.`, {
    where: label,
    hint: 'Write it as .ts, .mts, .js, .yaml, .yml or .json.',
  });
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** The first of {@link configFileNames} in a folder. Throws `CONFIG_NOT_FOUND` naming all of them. */
export function findConfigFile(folder: string): string {
  const found = configFileNames.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) return join(folder, found);
  throw new TurnwiseError('CONFIG_NOT_FOUND', `There is no configuration in ${folder}.`, {
    where: folder,
    hint: `Name one with -c FILE, or write one of ${configFileNames.join(', ')}.`,
  });
}

async function importConfig(file: string, label: string, modules?: OfferedModules): Promise<unknown> {
  let value: unknown;
  try {
    value = (await importLocalModule(file, modules))['default'];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TurnwiseError('CONFIG_PARSE', `${label}: importing it failed: ${reason}`, {
      where: label,
      hint: `It must load without an error and \`export default defineRun({ ... })\`.`,
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TurnwiseError('CONFIG_PARSE', `${label} has no default export that is a configuration.`, {
      where: label,
      hint: `Write \`export default defineRun({ ... })\` in ${basename(file)}.`,
    });
  }
  return value;
}

function labelOf(file: string, currentFolder: string): string {
  const short = relative(currentFolder, file);
  return short.startsWith('..') || short === '' ? file : short;
}
