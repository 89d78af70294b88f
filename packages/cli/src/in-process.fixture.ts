import { runCommandLine } from './command-line.js';

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

interface Conditions {
  /** The folder the command is called in. */
  readonly folder: string;
  /** Called with each piece of error output; true interrupts. */
  readonly interrupt?: (text: string) => boolean;
  /** Starts the command line in a process of its own, for commands that do so. */
  readonly program?: readonly string[];
}

/** Runs a command in this process. */
export async function runInProcess(
  words: readonly string[],
  { folder, interrupt = () => false, program }: Conditions,
): Promise<Outcome> {
  let out = '';
  let error = '';
  const listeners = new Set<() => void>();
  const code = await runCommandLine(words, {
    writeOut: (text) => {
      out += text;
      return Promise.resolve();
    },
    error: {
      write: (text) => {
        error += text;
        if (interrupt(text)) for (const listener of [...listeners]) listener();
      },
    },
    currentFolder: folder,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (exitCode) => {
      throw new Error(`exit ${exitCode}`);
    },
    ...(program && { program }),
  });
  return { code, out, error };
}

/** The rows of what is one JSON object a line. */
export const lines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
