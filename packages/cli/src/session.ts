import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as core from '@turnwise/core';
import { composeRun, loadConfig, StatusLine, textLogger } from '@turnwise/core';
import type { LoadedConfig, Logger, OtherwiseSet, PluginKind, RunScope } from '@turnwise/core';
import { builtinPlugins } from './builtin-plugins.js';
import type { Terminal } from './terminal.js';
import { builtinWorlds, resolveAsset } from './worlds.js';

/** Options every command that reads a configuration has. */
export interface ConfigOptions {
  readonly config?: string;
  readonly set: readonly string[];
  readonly locked?: boolean;
}

/** A configuration with what the command line says beside it. */
interface Settings extends Omit<ConfigOptions, 'set'> {
  readonly set: readonly (string | OtherwiseSet)[];
}

/** What a running command holds on to: where results go, progress, and the signal that interrupts it. */
export class Session {
  readonly statusLine: StatusLine;
  readonly logger: Logger;

  constructor(
    readonly terminal: Terminal,
    readonly signal: AbortSignal,
    verbose: boolean,
    /** Why third-party plugins must be locked; absent: they need not. */
    private readonly locked?: string,
  ) {
    this.statusLine = new StatusLine(terminal.error);
    this.logger = textLogger((line) => this.statusLine.print(line), verbose ? 'debug' : 'info');
  }

  /** A path the user typed. */
  path(typed: string): string {
    return resolve(this.terminal.currentFolder, typed);
  }

  /** Results for people, with a newline at the end; for machines use {@link json}. */
  async print(text: string): Promise<void> {
    this.statusLine.clear();
    await this.terminal.writeOut(`${text}\n`);
  }

  /** One JSON value on a line of its own. */
  async json(value: unknown): Promise<void> {
    await this.print(JSON.stringify(value));
  }

  /** @param required false: without `-c` the configuration is made of defaults and `--set` alone. */
  load({ config, set }: Settings, required = true): Promise<LoadedConfig> {
    return loadConfig({
      file: config === undefined ? (required ? undefined : null) : this.configFile(config),
      set,
      currentFolder: this.terminal.currentFolder,
      modules: { '@turnwise/core': core },
    });
  }

  /** @param signal What ends the run. Default: the interrupt of the user. */
  compose(loaded: LoadedConfig, kinds?: readonly PluginKind[], signal = this.signal): Promise<RunScope> {
    const environment = {
      builtins: builtinPlugins,
      logger: this.logger,
      signal,
      worlds: builtinWorlds,
      resolveAsset,
      modules: { '@turnwise/core': core },
      locked: this.locked,
    };
    return composeRun(loaded, environment, kinds);
  }

  /** Scripts of the checkout name configurations from its root, whatever folder the user is in. */
  private configFile(typed: string): string {
    return existsSync(this.path(typed)) || !existsSync(resolve(typed)) ? typed : resolve(typed);
  }
}

/** Closes the scope after the work, also when it fails; a failure of the work is not hidden by one of the closing. */
export async function withScope<Result>(scope: RunScope, work: (scope: RunScope) => Promise<Result>): Promise<Result> {
  let result: Result;
  try {
    result = await work(scope);
  } catch (error) {
    await scope[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
  await scope[Symbol.asyncDispose]();
  return result;
}
