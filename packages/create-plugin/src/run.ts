import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorCodes, TurnwiseError } from '@turnwise/core';
import { ask } from './ask.js';
import { createPackage } from './create-package.js';
import { newPlugin, packageName, pluginKindNames, type PluginWishes } from './new-plugin.js';

/** Where the command talks to somebody. */
export interface CreateTerminal {
  /** Whether questions can be asked. */
  readonly interactive: boolean;
  /** Paths are relative to this. */
  readonly folder: string;
  write(text: string): void;
  writeError(text: string): void;
}

const help = `npm create turnwise-plugin@latest -- [FOLDER] --kind KIND --id ID [--scope @SCOPE] [--author NAME]

Writes a small working plugin package with its conformance test. What is not given is asked for in a terminal.

  FOLDER     a new or empty folder; default: the name of the package without its scope
  --kind     ${pluginKindNames.join(', ')}
  --id       kebab-case; the package becomes turnwise-<kind>-<id>
  --scope    npm scope, e.g. @acme
  --author   name for the licence (MIT)
`;

/** The command. Returns its exit code: 0 done, 2 wrong usage, 130 when the questions were broken off, 1 otherwise. */
export async function runCreatePlugin(words: readonly string[], terminal: CreateTerminal): Promise<number> {
  try {
    const { folder: given, asksHelp, ...wishes } = readArguments(words);
    if (asksHelp) {
      terminal.write(help);
      return 0;
    }
    const complete = terminal.interactive ? await ask(wishes) : withoutAsking(wishes);
    if (complete === null) return 130;
    const plugin = newPlugin(complete);
    const folder = given ?? packageName(plugin).replace(/^@.*\//, '');
    const written = await createPackage(resolve(terminal.folder, folder), plugin);
    terminal.write(`${folder}/\n${written.map((path) => `  ${path}\n`).join('')}
  cd ${folder}
  npm install
  npm test
`);
    return 0;
  } catch (error) {
    if (!TurnwiseError.is(error)) throw error;
    terminal.writeError(
      `error ${error.code}: ${error.message}\n${error.hint === undefined ? '' : `  hint: ${error.hint}\n`}`,
    );
    return errorCodes[error.code].exit;
  }
}

interface Arguments extends Partial<PluginWishes> {
  readonly folder: string | undefined;
  readonly asksHelp: boolean;
}

function readArguments(words: readonly string[]): Arguments {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { kind: text, id: text, scope: text, author: text, help: { type: 'boolean', short: 'h' } },
    });
    if (positionals.length > 1) throw new Error(`one folder is expected, got ${positionals.join(', ')}`);
    const { help: asksHelp = false, ...wishes } = values;
    return { ...wishes, folder: positionals[0], asksHelp };
  } catch (error) {
    throw new TurnwiseError('CONFIG_USAGE', `${(error as Error).message.replace(/\.$/, '')}.`, {
      hint: help,
      cause: error,
    });
  }
}

/** Nobody can be asked: what must be known must have been given. */
function withoutAsking({ kind, id, scope = '', author = '' }: Partial<PluginWishes>): PluginWishes {
  if (kind === undefined || id === undefined) {
    const missing = [kind === undefined ? '--kind' : '', id === undefined ? '--id' : ''].filter(Boolean).join(' and ');
    throw new TurnwiseError('CONFIG_USAGE', `${missing} must be given where no questions can be asked.`, {
      hint: help,
    });
  }
  return { kind, id, scope, author };
}
