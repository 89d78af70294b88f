import type { JsonSchema } from '../schema/index.js';
import type { PluginDefinition } from '../contract/index.js';
import { optionsJsonSchema } from './validate-options.js';

/** One option of a plugin, as its schema describes it. */
export interface OptionRow {
  /** Dotted where options lie in one another: `guards.minChars`. */
  readonly name: string;
  /** What is accepted, in words; names and literals in backticks. */
  readonly values: string;
  /** JSON of the default, `required`, or `none`. */
  readonly standard: string;
  /** The schema's own description. */
  readonly meaning: string;
}

/** The options of a plugin in the order of its schema; `null` when its library offers no JSON Schema. */
export function optionRows(definition: PluginDefinition): OptionRow[] | null {
  const schema = optionsJsonSchema(definition);
  return schema === null ? null : rowsOf(schema, '');
}

/** The same for a part of a JSON Schema: one row a property, objects within it by dotted names. */
export const schemaRows = (schema: JsonSchema): OptionRow[] => rowsOf(schema, '');

/** The options of a plugin as a Markdown table. */
export function optionsTable(definition: PluginDefinition): string {
  const rows = optionRows(definition);
  if (rows === null) return 'Its options are checked by a schema that cannot be shown as a table.';
  if (rows.length === 0) return 'It has no options.';
  const lines = rows.map(
    ({ name, values, standard, meaning }) => `| \`${name}\` | ${values} | ${standard} | ${cell(meaning)} |`,
  );
  return ['| option | values | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const schemasIn = (value: unknown): JsonSchema[] => (Array.isArray(value) ? (value as JsonSchema[]) : []);

function rowsOf(schema: JsonSchema, prefix: string): OptionRow[] {
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).flatMap(([key, option]) => {
    const name = `${prefix}${key}`;
    if (option['properties'] !== undefined && !required.has(key)) return rowsOf(option, `${name}.`);
    const standard = 'default' in option ? code(option['default']) : required.has(key) ? 'required' : 'none';
    const meaning = typeof option['description'] === 'string' ? option['description'] : '';
    const inner = [option, ...choicesOf(option)].find((choice) => choice['properties'] !== undefined);
    const row = { name, values: valuesOf(option), standard, meaning };
    return [row, ...(inner === undefined ? [] : rowsOf(inner, `${name}.`))];
  });
}

const choicesOf = (schema: JsonSchema): JsonSchema[] => [...schemasIn(schema['anyOf']), ...schemasIn(schema['oneOf'])];

/** What a schema accepts, in words. */
function valuesOf(schema: JsonSchema): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].map(code).join(', ');
  if ('const' in schema) return code(schema['const']);
  const choices = choicesOf(schema);
  if (choices.length > 0) return choices.map(valuesOf).join(' or ');
  switch (schema['type']) {
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
      return `whole number${bounds(schema)}`;
    case 'number':
      return `number${bounds(schema)}`;
    case 'string':
      return 'text';
    case 'null':
      return '`null`';
    case 'array':
      return `list of ${valuesOf((schema['items'] ?? {}) as JsonSchema)}`;
    case 'object':
      return 'object';
    default:
      return 'any value';
  }
}

function bounds(schema: JsonSchema): string {
  const bound = (key: string, sign: string): string[] => {
    const value = schema[key];
    // The edges of what JSON can count to are no bound anybody set.
    return typeof value !== 'number' || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? [] : [`${sign} ${value}`];
  };
  const all = [
    ...bound('minimum', '>='),
    ...bound('exclusiveMinimum', '>'),
    ...bound('maximum', '<='),
    ...bound('exclusiveMaximum', '<'),
  ];
  return all.length === 0 ? '' : ` ${all.join(', ')}`;
}
