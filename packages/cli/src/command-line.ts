import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { coreVersion, TurnwiseError } from '@turnwise/core';
import { addCompareCommand } from './commands/compare.js';
import { addCompareCreditCommand } from './commands/compare-credit.js';
import { addConfigCommands } from './commands/config.js';
import { addDashboardCommand } from './commands/dashboard.js';
import { addDataCommands } from './commands/data.js';
import { addEvalCommand } from './commands/eval.js';
import { addPluginsCommands } from './commands/plugins.js';
import { addReplayCommand } from './commands/replay.js';
import { addReportCommand } from './commands/report.js';
import { addSearchCommand } from './commands/search.js';
import { addServeCommand } from './commands/serve.js';
import { addTrainCommand } from './commands/train.js';
import { errorText, exitCodeOf } from './print-error.js';
import type { Run } from './run.js';
import { Session } from './session.js';
import type { Terminal } from './terminal.js';

/**
 * The command line. Returns the exit code: 0 done, 1 failed while running, 2 wrong usage or configuration, 130
 * interrupted. The first interrupt lets the command stop in order, the second ends it at once.
 */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  const verbose = words.includes('--verbose');
  const interrupted = new AbortController();
  const stopListening = terminal.onInterrupt(() => {
    if (interrupted.signal.aborted) terminal.exit(130);
    terminal.error.write('\ninterrupted: stopping in order; interrupt again to stop at once\n');
    interrupted.abort();
  });
  const session = new Session(terminal, interrupted.signal, verbose, lockedBy(words));
  const help: string[] = [];
  try {
    const program = createProgram((work) => work(session), {
      writeOut: (text) => void help.push(text),
      writeErr: (text) => void terminal.error.write(text),
    });
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    session.statusLine.clear();
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (interrupted.signal.aborted) return 130;
    const known = error instanceof CommanderError ? usageError(error) : error;
    if (known !== null) terminal.error.write(errorText(known, verbose));
    return known === null ? 2 : exitCodeOf(known);
  } finally {
    if (help.length > 0) await terminal.writeOut(help.join(''));
    stopListening();
  }
}

/** Why third-party plugins must be in the lock file: asked for, or a machine nobody watches; `undefined`: they need not. */
function lockedBy(words: readonly string[]): string | undefined {
  if (words.includes('--locked')) return '--locked';
  const { CI: ci = '' } = process.env;
  return ['', '0', 'false'].includes(ci) ? undefined : 'the environment variable CI is set';
}

function createProgram(run: Run, output: Pick<OutputConfiguration, 'writeOut' | 'writeErr'>): Command {
  const program = new Command('turnwise')
    .description('Reinforcement learning for multi-turn search agents')
    .version(coreVersion)
    .option('--verbose', 'show debug messages and the stacks of errors')
    .exitOverride()
    // Wrong usage is said once, by the error printer.
    .configureOutput({ ...output, outputError: () => undefined });
  addTrainCommand(program, run);
  addEvalCommand(program, run);
  addSearchCommand(program, run);
  addReplayCommand(program, run);
  addCompareCommand(program, run);
  addCompareCreditCommand(program, run);
  addConfigCommands(program, run);
  addPluginsCommands(program, run);
  addDataCommands(program, run);
  addServeCommand(program, run);
  addDashboardCommand(program, run);
  addReportCommand(program, run);
  return program;
}

/** Wrong words on the command line, in our own form; `null` when help was shown instead. */
function usageError(error: CommanderError): TurnwiseError | null {
  if (error.code === 'commander.help') return null;
  const message = error.message.replace(/^error: /, '').replace(/\n\(?(Did you mean .*\?)\)?/, '. $1');
  return new TurnwiseError('CONFIG_USAGE', message, { hint: 'turnwise --help, or turnwise <command> --help.' });
}
