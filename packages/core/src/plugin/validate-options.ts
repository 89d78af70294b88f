import { describeIssues, formatPath, type JsonSchema } from '../schema/index.js';
import type { PluginDefinition, StandardSchemaV1 } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { PluginRequest } from './loaded-plugin.js';

/** Some libraries also offer their schema as JSON Schema under the same key (zod does): the source of allowed names. */
type WithJsonSchema = StandardSchemaV1['~standard'] & {
  readonly jsonSchema?: { input(options: { target: string }): JsonSchema };
};

type StandardResult = Awaited<ReturnType<StandardSchemaV1['~standard']['validate']>>;

/**
 * Passes the `with` of the configuration through the plugin's own schema and returns its output, defaults filled in.
 * Throws `PLUGIN_OPTIONS_INVALID` with the place of every option that is wrong.
 */
export async function validateOptions(request: PluginRequest, definition: PluginDefinition): Promise<unknown> {
  const result = await validated(request, definition);
  if (result.issues === undefined) return result.value;
  const base = [...request.path, 'with'];
  const lines = describeIssues(result.issues, request.options, optionsJsonSchema(definition)).map((issue) => {
    const path = [...base, ...issue.path];
    return {
      where: request.locate(path, issue.at),
      key: formatPath(path),
      text: `${formatPath(path)} ${issue.message}`,
    };
  });
  const where = lines[0]?.where ?? request.where;
  const plugin = `the ${definition.kind} ${JSON.stringify(definition.id)}`;
  const message =
    lines.length === 1
      ? `${where}: ${plugin} refuses its options: ${lines[0]?.text}`
      : `${where}: ${plugin} refuses its options:\n${lines.map((line) => `  ${line.where}: ${line.text}`).join('\n')}`;
  const hint = `Mend ${lines[0]?.key ?? formatPath(base)}. ${optionNames(definition)}`;
  throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', message, { where, hint });
}

/** What the schema says; `PLUGIN_OPTIONS_INVALID` also when it throws or says nothing. */
async function validated({ where, options }: PluginRequest, definition: PluginDefinition) {
  const broken = (problem: string, cause?: unknown): TurnwiseError =>
    new TurnwiseError(
      'PLUGIN_OPTIONS_INVALID',
      `${where}: the schema of options of the ${definition.kind} ${JSON.stringify(definition.id)} ${problem}`,
      { where, hint: 'A schema returns { value } or { issues } and throws nothing: mend it in the plugin.', cause },
    );
  let result: unknown;
  try {
    result = await definition.options['~standard'].validate(options);
  } catch (cause) {
    throw broken(`threw: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (typeof result !== 'object' || result === null) throw broken(`returned ${String(result)}.`);
  return result as StandardResult;
}

function optionNames(definition: PluginDefinition): string {
  const schema = optionsJsonSchema(definition);
  if (schema === null) return "The plugin's own documentation lists its options.";
  const names = Object.keys((schema['properties'] as object | undefined) ?? {});
  return names.length === 0 ? 'It has no options.' : `Its options: ${names.join(', ')}.`;
}

/** The JSON Schema of a plugin's options; `null` when its library offers none. */
export function optionsJsonSchema(definition: PluginDefinition): JsonSchema | null {
  try {
    const standard = definition.options['~standard'] as WithJsonSchema;
    return standard.jsonSchema?.input({ target: 'draft-2020-12' }) ?? null;
  } catch {
    // A schema with parts that JSON Schema cannot express only costs the suggestions.
    return null;
  }
}
