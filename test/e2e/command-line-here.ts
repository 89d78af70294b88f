import { runInProcess } from '../../packages/cli/src/in-process.fixture.js';
import type { CommandResult } from './command-line.js';

/**
 * As `turnwise` of command-line.ts, without a process of its own: starting one takes longer than most commands. For the
 * commands of a test beside one that goes the whole way.
 */
export async function turnwiseHere(words: readonly string[], folder: string): Promise<CommandResult> {
  const { code, out, error } = await runInProcess(words, { folder });
  return { code, stdout: out, stderr: error };
}
