import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCodes, optionsTable, TurnwiseError, type PluginDefinition } from '@turnwise/core';
import { findPackage } from './plugin/package-file.js';

/** Where the command works and talks. */
export interface TestkitTerminal {
  readonly folder: string;
  write(text: string): void;
  writeError(text: string): void;
}

const begin = '<!-- options -->';
const end = '<!-- /options -->';

/**
 * `turnwise-testkit options README.md`: writes the table of a plugin's options, made from its schema, between two marks of a
 * page. The plugin is the built one of the package in the current folder. Returns the exit code.
 */
export async function runTestkit(words: readonly string[], terminal: TestkitTerminal): Promise<number> {
  try {
    const [command, page, ...rest] = words;
    if (command !== 'options' || page === undefined || rest.length > 0) {
      throw usage('turnwise-testkit takes: options FILE.', 'turnwise-testkit options README.md');
    }
    const file = resolve(terminal.folder, page);
    const plugin = await builtPlugin(terminal.folder);
    const changed = writeTable(file, optionsTable(plugin));
    terminal.write(`${page}: ${changed ? 'the table of options was written' : 'nothing to change'}\n`);
    return 0;
  } catch (error) {
    if (!TurnwiseError.is(error)) throw error;
    terminal.writeError(
      `error ${error.code}: ${error.message}\n${error.hint === undefined ? '' : `  hint: ${error.hint}\n`}`,
    );
    return errorCodes[error.code].exit;
  }
}

async function builtPlugin(folder: string): Promise<PluginDefinition> {
  const { file, content } = findPackage('turnwise-testkit options', folder);
  const entry = (content['exports'] as { '.'?: { default?: unknown } } | undefined)?.['.']?.default;
  if (typeof entry !== 'string') {
    throw usage(`${file} has no exports["."].default.`, 'It must name the built file, e.g. "./dist/index.js".');
  }
  const built = resolve(file, '..', entry);
  const module: unknown = await import(pathToFileURL(built).href).catch((cause: unknown) => {
    throw usage(`${built} cannot be imported: ${(cause as Error).message}`, 'npm run build');
  });
  return (module as { default: PluginDefinition }).default;
}

/** Whether the page was another one before. */
function writeTable(file: string, table: string): boolean {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw usage(`${file} cannot be read: ${(cause as Error).message}`, 'Name the page that has the marks.');
  }
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) {
    throw usage(`${file} has no place for the table.`, `Put the lines ${begin} and ${end} where it is to stand.`);
  }
  const next = `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
  if (next !== text) writeFileSync(file, next);
  return next !== text;
}

function usage(message: string, hint: string): TurnwiseError {
  return new TurnwiseError('TESTKIT_USAGE', message, { hint });
}
