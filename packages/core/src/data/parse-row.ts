import type { z } from 'zod';
import { TurnwiseError } from '../errors/index.js';
import { jsonPathAtEnd } from './json-path-at-end.js';
import { excerpt, printable } from '../text/index.js';
import type { Line } from './read-lines.js';

/** Reads one JSONL line into a row. Throws `DATA_INVALID` naming file, line, field path and reason. */
export function parseRow<Schema extends z.ZodType>(file: string, line: Line, schema: Schema): z.output<Schema> {
  return checkRow(file, line, parseJson(file, line), schema);
}

/** Reads the JSON of a line. Throws `DATA_INVALID` naming file, line and the field in which it breaks. */
export function parseJson(file: string, line: Line): unknown {
  try {
    return JSON.parse(line.text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isCut = /end of JSON input|Unterminated string/.test(reason);
    const position = isCut ? line.text.length : Number(/at position (\d+)/.exec(reason)?.[1] ?? 0);
    const path = printable(jsonPathAtEnd(line.text.slice(0, position)));
    const broken = path === '' ? '' : ` in ${path}`;
    const problem = isCut
      ? `not valid JSON, the line is cut off${broken}`
      : `not valid JSON${broken} (${printable(reason)})`;
    const hint = isCut
      ? 'Was the file still being written, or copied in part? Delete the line or copy it again.'
      : null;
    throw new TurnwiseError('DATA_INVALID', `${file}:${line.number}: ${problem}: ${excerpt(line.text)}`, {
      where: `${file}:${line.number}`,
      ...(hint === null ? {} : { hint }),
      cause,
    });
  }
}

/** Checks the value of a line. Throws `DATA_INVALID` naming file, line, field path and reason. */
export function checkRow<Schema extends z.ZodType>(
  file: string,
  line: Pick<Line, 'number'>,
  value: unknown,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map((issue) => describeIssue(issue.path, issue.message, value));
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw invalidLine(file, line, `${first ?? 'the row is not valid'}${more}`, parsed.error);
}

/** A `DATA_INVALID` error about one line. */
export function invalidLine(file: string, line: Pick<Line, 'number'>, reason: string, cause?: unknown): TurnwiseError {
  return new TurnwiseError('DATA_INVALID', `${file}:${line.number}: ${reason}`, {
    where: `${file}:${line.number}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** One thing wrong with a row, in words: the field, what is expected there and what stands there. */
export function describeIssue(path: readonly PropertyKey[], message: string, root: unknown): string {
  const said = message.replace(
    /^Invalid input: expected (\w+), received .*$/s,
    (_, type: string) => `expected ${nameOf(type)}`,
  );
  if (path.length === 0) return `${said}, got ${shown(root)}`;
  const name = path.map((part, index) =>
    typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${printable(String(part))}`,
  );
  const value = valueAt(root, path);
  const got = value === undefined ? 'nothing' : shown(value);
  return `${name.join('')}: ${said}, got ${got}`;
}

/** What zod calls a type, in words. */
function nameOf(type: string): string {
  const names = new Map([
    ['array', 'a list'],
    ['object', 'an object'],
    ['string', 'text'],
    ['number', 'a number'],
    ['boolean', 'true or false'],
  ]);
  return names.get(type) ?? type;
}

function shown(value: unknown): string {
  try {
    return excerpt(JSON.stringify(value));
  } catch {
    // A parser can read what is nested deeper than a stack reaches; nobody can write it.
    return 'something nested too deeply to show';
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
