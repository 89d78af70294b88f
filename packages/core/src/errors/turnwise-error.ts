import type { ErrorCode } from './error-codes.js';

const marker = Symbol.for('turnwise.error');

/** What an error knows besides its message. */
export interface ErrorDetails {
  /** The command or edit that mends it. */
  readonly hint?: string;
  /** Where the failing thing was asked for: `file:line:column`, a configuration path or a plugin. */
  readonly where?: string;
  readonly cause?: unknown;
}

/**
 * The one error class. The message says what failed, the value, where it was asked for and what would be accepted.
 * Recognised by a registered symbol, because `instanceof` lies when two copies of the core are installed.
 */
export class TurnwiseError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TurnwiseError';
    this.code = code;
    this.hint = details.hint;
    this.where = details.where;
  }

  static is(error: unknown): error is TurnwiseError {
    return typeof error === 'object' && error !== null && marker in error;
  }
}
