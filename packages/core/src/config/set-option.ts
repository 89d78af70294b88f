import { parseDocument, type Document } from 'yaml';
import { TurnwiseError } from '../errors/index.js';
import type { ConfigPath } from '../schema/index.js';

/** `a.b=c` for a setting that was typed in another way, and how it was typed: errors name that. */
export interface OtherwiseSet {
  readonly text: string;
  /** E.g. `--strategy tspo`. */
  readonly typed: string;
}

/** One `--set a.b=c` of the command line. */
export interface SetOption {
  /** As typed, e.g. `--set a.b=c`. */
  readonly typed: string;
  readonly path: ConfigPath;
  readonly value: unknown;
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses `a.b=c`. Parts of the path are separated by dots; whole numbers index lists, as `reward.0.weight` or
 * `reward[0].weight`. The value is YAML: `3`, `true`, `null`, `text`, `[1, 2]`, `{ alpha: 0.5 }`;
 * a package name such as `@acme/turnwise-reward-brevity` needs no quotes. Throws `CONFIG_USAGE`.
 */
export function parseSetOption(given: string | OtherwiseSet): SetOption {
  const { text, typed } = typeof given === 'string' ? { text: given, typed: `--set ${given}` } : given;
  const equals = text.indexOf('=');
  const refuse = (reason: string, cause?: unknown): TurnwiseError =>
    new TurnwiseError('CONFIG_USAGE', `${typed}: ${reason}`, {
      where: typed,
      hint: 'Write it as --set path.to.key=value, for example --set rollout.groupSize=8.',
      ...(cause === undefined ? {} : { cause }),
    });
  if (equals < 1) throw refuse('expected path.to.key=value.');
  const parts = text
    .slice(0, equals)
    .trim()
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.');
  if (parts.some((part) => part === '' || forbidden.has(part))) throw refuse('the path has a part that names no key.');
  const value = text.slice(equals + 1).trim();
  // YAML reserves a leading @, but the names of packages start with it.
  const document = parseDocument(value.startsWith('@') ? JSON.stringify(value) : value, { prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) throw refuse(`the value is not valid YAML (${problem.message})`, problem);
  return {
    typed,
    path: parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    value: valueOf(document, refuse),
  };
}

function valueOf(document: Document, refuse: (reason: string, cause?: unknown) => TurnwiseError): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw refuse(`the value cannot be read (${(cause as Error).message})`, cause);
  }
}
