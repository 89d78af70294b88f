import { once } from 'node:events';
import { dirname } from 'node:path';
import type { ProgressOutput } from '@turnwise/core';

/** The outside world of a command, so that tests can stand in for it. */
export interface Terminal {
  /** Results. Resolves when the reader has taken them. */
  readonly writeOut: (text: string) => Promise<void>;
  /** Progress, logs, errors. */
  readonly error: ProgressOutput;
  /** Relative paths typed by the user start here. */
  readonly currentFolder: string;
  /** Calls back at each interrupt (Ctrl-C, or a request to terminate) until the returned function is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** Executable and words that start this program once more, for commands that run others. Default: this process's. */
  readonly program?: readonly string[];
}

/** The real one. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  // A reader that has seen enough (`| head`) closes the pipe: that ends the work and is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    writeOut: async (text) => {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    error: stderr,
    currentFolder: userFolder(),
    onInterrupt: (listener) => {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, listener);
      // A command that another one started ends in order with it, also when that one was killed.
      if (process.connected) process.on('disconnect', listener);
      return () => {
        process.off('disconnect', listener);
        for (const signal of signals) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/** `npm run` in the checkout changes to its root and leaves the folder the user was in to `INIT_CWD`. */
function userFolder(): string {
  const { INIT_CWD: initial, npm_package_name: name, npm_package_json: manifest } = process.env;
  const current = process.cwd();
  const moved = name === 'turnwise-workspace' && manifest !== undefined && dirname(manifest) === current;
  return moved && initial !== undefined ? initial : current;
}
