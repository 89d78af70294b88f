import { errorCodes, printable, TurnwiseError } from '@turnwise/core';

/** Codes whose cause lies in somebody else's code: its stack says where. */
const foreign = new Set<string>([
  'PLUGIN_IMPORT_FAILED',
  'PLUGIN_INIT_FAILED',
  'CONTRACT_REWARD_FAILED',
  'CONTRACT_ADVANTAGE_FAILED',
]);

/** The exit code a command ends with after an error: 2 for wrong usage or configuration, else 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return TurnwiseError.is(error) ? errorCodes[error.code].exit : 1;
}

/**
 * An error as text for people: code and message, where it was asked for, how to mend it. What it quotes of files and
 * servers moves no cursor.
 *
 * @param verbose With stacks.
 */
export function errorText(error: unknown, verbose: boolean): string {
  return printable(rawText(error, verbose));
}

function rawText(error: unknown, verbose: boolean): string {
  if (!TurnwiseError.is(error)) {
    const text = error instanceof Error ? (verbose ? (error.stack ?? error.message) : error.message) : String(error);
    return `error: ${text}\n${verbose ? '' : '  hint: this is not a known error; --verbose shows where it comes from.\n'}`;
  }
  const lines = [`error ${error.code}: ${error.message}`];
  if (error.where !== undefined && !error.message.includes(error.where)) lines.push(`  where: ${error.where}`);
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  const cause = error.cause;
  if (cause instanceof Error && (verbose || foreign.has(error.code)))
    lines.push(`  cause: ${cause.stack ?? cause.message}`);
  if (verbose && error.stack !== undefined) lines.push(error.stack);
  return `${lines.join('\n')}\n`;
}
