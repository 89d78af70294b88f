import { TurnwiseError } from '../errors/index.js';
import type { SentError } from './worker-messages.js';

/** An error as plain data: structured clone would lose the class and the code, and refuses some causes. */
export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  if (!TurnwiseError.is(error)) return { name, message, stack };
  const { code, hint, where } = error;
  return { name, message, stack, code, hint, where };
}

/** The error again, with the stack it had in the worker. */
export function receivedError({ name, message, stack, code, hint, where }: SentError): Error {
  const error =
    code === undefined
      ? new Error(message)
      : new TurnwiseError(code, message, {
          ...(hint === undefined ? {} : { hint }),
          ...(where === undefined ? {} : { where }),
        });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
