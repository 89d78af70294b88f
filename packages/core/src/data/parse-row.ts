import type { z } from 'zod';
import { TurnwiseError } from '../errors/index.js';
import type { Line } from './read-lines.js';

/** Reads one JSONL line into a row. Throws `DATA_INVALID` naming file, line, field path and reason. */
export function parseRow<Schema extends z.ZodType>(file: string, line: Line, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalidLine(file, line, `not valid JSON (${reason}): ${excerpt(line.text)}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map((issue) => describeIssue(issue.path, issue.message, value));
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw invalidLine(file, line, `${first ?? 'the row is not valid'}${more}`, parsed.error);
}

/** A `DATA_INVALID` error about one line. */
export function invalidLine(file: string, line: Line, reason: string, cause?: unknown): TurnwiseError {
  return new TurnwiseError('DATA_INVALID', `${file}:${line.number}: ${reason}`, {
    where: `${file}:${line.number}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

function describeIssue(path: readonly PropertyKey[], message: string, root: unknown): string {
  if (path.length === 0) return `${message}, got ${excerpt(JSON.stringify(root))}`;
  const name = path.map((part, index) =>
    typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`,
  );
  const value = valueAt(root, path);
  const got = value === undefined ? 'nothing' : excerpt(JSON.stringify(value));
  return `${name.join('')}: ${message}, got ${got}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
