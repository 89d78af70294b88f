import { describeIssue } from '@turnwise/core';
import type { z } from 'zod';
import { HttpFailure } from './http-failure.js';

/** Media types of one JSON value a line. */
const lineTypes = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/json-lines',
]);

export function isLines(contentType: string): boolean {
  return lineTypes.has(contentType);
}

/** Throws a 400 for a body that is not JSON. */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpFailure(400, 'The body is not valid JSON.');
  }
}

/** The values of the lines that are not blank. Throws a 400 that names the line that is not JSON. */
export function parseJsonLines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      throw new HttpFailure(400, `Line ${index + 1} is not valid JSON.`);
    }
  });
}

/** Checks a body. Throws a 400 that names the first field that is wrong, what is expected there and what stands there. */
export function checkBody<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const problem = first ? describeIssue(first.path, first.message, value) : 'the body is not valid';
  throw new HttpFailure(400, `${problem}${more}.`);
}
