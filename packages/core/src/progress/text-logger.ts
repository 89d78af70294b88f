import type { Logger } from '../contract/index.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * A logger that writes `level: message key=value ...`, one line a message.
 *
 * @param print Where lines go; the status line's `print` keeps both apart in a terminal.
 * @param lowest Less important messages are left out. Default `info`.
 */
export function textLogger(print: (line: string) => void, lowest: LogLevel = 'info'): Logger {
  const write =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (levels.indexOf(level) < levels.indexOf(lowest)) return;
      const details = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`);
      print(`${level}: ${message}${details.join('')}`);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function show(value: unknown): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) || value === '' ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return value === undefined || typeof value === 'function' ? typeof value : JSON.stringify(value);
}
