import type { StandardIssue } from '../contract/index.js';
import { suggestion } from '../errors/index.js';
import { showValue, valueAt, type ConfigPath } from './config-path.js';

/** One thing wrong with a configuration: where, and what in words. */
export interface ConfigIssue {
  readonly path: ConfigPath;
  /** Whether `path` names a key that should not be there, or a value. */
  readonly at: 'key' | 'value';
  /** Without the path: `must be at least 1, got 0.` */
  readonly message: string;
}

/** The parts of zod's issues that are read; other schema libraries give only message and path. */
interface ZodLikeIssue extends StandardIssue {
  readonly code?: string;
  readonly expected?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly errors?: readonly (readonly ZodLikeIssue[])[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly inclusive?: boolean;
  readonly origin?: string;
  readonly divisor?: number;
}

/** A JSON Schema, as far as it is read here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Puts the issues of a Standard Schema into words: offending value, what is allowed, nearest name.
 *
 * @param root The value that was checked.
 * @param schema Its JSON Schema, when the library offers one: the source of allowed keys.
 */
export function describeIssues(
  issues: readonly StandardIssue[],
  root: unknown,
  schema: JsonSchema | null,
): ConfigIssue[] {
  return issues.flatMap((issue) => describe(issue as ZodLikeIssue, [], root, schema));
}

function describe(issue: ZodLikeIssue, base: ConfigPath, root: unknown, schema: JsonSchema | null): ConfigIssue[] {
  const path = [...base, ...plainPath(issue.path ?? [])];
  const value = valueAt(root, path);
  const got = `got ${showValue(value)}.`;
  const say = (message: string): ConfigIssue[] => [{ path, at: 'value', message }];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = allowedKeys(schema, path);
      return (issue.keys ?? []).map((key) => ({
        path: [...path, key],
        at: 'key',
        message: `is not a key here.${suggestion(key, allowed)}${allowed.length > 0 ? ` Allowed: ${allowed.join(', ')}.` : ''}`,
      }));
    }
    case 'invalid_type':
      if (value === undefined) return say(`is missing; expected ${typeName(issue.expected)}.`);
      return say(`expected ${typeName(issue.expected)}, ${got}`);
    case 'invalid_value':
      return say(choice(issue.values ?? [], value));
    case 'too_small':
      return say(
        `must be ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}, ${got}`,
      );
    case 'too_big':
      return say(
        `must be ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}, ${got}`,
      );
    case 'not_multiple_of':
      return say(`must be a multiple of ${issue.divisor}, ${got}`);
    case 'invalid_union': {
      if (issue.options !== undefined)
        return say(
          choice(
            issue.options.filter((option) => option !== undefined),
            value,
          ),
        );
      const branch = likeliestBranch(issue.errors ?? []);
      return branch === null
        ? say(`${issue.message}, ${got}`)
        : branch.flatMap((inner) => describe(inner, path, root, schema));
    }
    default:
      return say(value === undefined ? `is missing; ${issue.message}.` : `${issue.message}, ${got}`);
  }
}

function plainPath(path: NonNullable<StandardIssue['path']>): ConfigPath {
  return path.map((part) => {
    const key = typeof part === 'object' ? part.key : part;
    return typeof key === 'number' ? key : String(key);
  });
}

/** Of the alternatives a value could have been, the one it misses by least. */
function likeliestBranch(branches: readonly (readonly ZodLikeIssue[])[]): readonly ZodLikeIssue[] | null {
  const cost = (branch: readonly ZodLikeIssue[]): number =>
    branch.reduce((sum, issue) => {
      const wrongShape = issue.code === 'invalid_type' && (issue.path ?? []).length === 0;
      return sum + (wrongShape ? 100 : (issue.keys?.length ?? 1));
    }, 0);
  return [...branches].sort((left, right) => cost(left) - cost(right))[0] ?? null;
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  null: 'null',
};

function typeName(expected = 'another value'): string {
  return typeNames[expected] ?? expected;
}

function bound(origin: string | undefined, relation: string, limit: number | undefined): string {
  if (origin === 'string') return `${relation} ${limit} characters long`;
  if (origin === 'array') return `a list of ${relation} ${limit}`;
  return `${relation} ${limit}`;
}

function choice(values: readonly unknown[], value: unknown): string {
  const texts = values.map(String);
  const nearest = typeof value === 'string' ? suggestion(value, texts) : '';
  return `expected ${texts.length > 1 ? 'one of ' : ''}${texts.join(', ')}, got ${showValue(value)}.${nearest}`;
}

/** Keys that a JSON Schema knows at a path, over all its alternatives. */
function allowedKeys(schema: JsonSchema | null, path: ConfigPath): string[] {
  const keys = schemasAt(schema, path).flatMap((node) => Object.keys((node['properties'] as object | undefined) ?? {}));
  return [...new Set(keys)];
}

function schemasAt(schema: JsonSchema | null, path: ConfigPath): JsonSchema[] {
  let nodes = alternatives(schema);
  for (const part of path) {
    nodes = nodes.flatMap((node) => {
      const below = typeof part === 'number' ? node['items'] : valueAt(node['properties'], [part]);
      return alternatives((below ?? valueAt(node, ['additionalProperties'])) as JsonSchema | null);
    });
  }
  return nodes;
}

function alternatives(schema: JsonSchema | null | undefined): JsonSchema[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonSchema[] | undefined;
  return choices === undefined ? [schema] : choices.flatMap(alternatives);
}
