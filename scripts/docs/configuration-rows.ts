import { schemaRows, type JsonSchema, type OptionRow } from '@turnwise/core';

/**
 * The keys below a part of the configuration, in the order of the schema, with dotted names: `a.b`, `a[].b` in a list,
 * `a.<name>.b` where names are free. Where one of several shapes may stand, a key that not all of them have says in its
 * meaning with which it goes.
 */
export function configurationRows(name: string, schema: JsonSchema, required: boolean): OptionRow[] {
  const shapes = shapesOf(schema);
  const inner = mergeShapes(shapes.map((shape) => ({ shape, rows: rowsInside(name, shape) })));
  const plainObject = schema['properties'] !== undefined;
  return plainObject && !required ? inner : [rowOf(name, schema, required), ...inner];
}

/** One key by itself, as the table of options would describe it. */
function rowOf(name: string, schema: JsonSchema, required: boolean): OptionRow {
  // An inner shape is described by rows of its own.
  const flat = { ...schema, ...(shapesOf(schema).length > 1 && flatChoices(schema)) };
  const [row] = schemaRows({ properties: { [name]: flat }, required: required ? [name] : [] });
  return row ?? { name, values: 'object', standard: required ? 'required' : 'none', meaning: '' };
}

const flatChoices = (schema: JsonSchema): JsonSchema => ({
  anyOf: choicesOf(schema)
    .map(({ type }) => ({ type }))
    .filter(({ type }, index, all) => all.findIndex((other) => other.type === type) === index),
  oneOf: undefined,
});

function rowsInside(name: string, shape: JsonSchema): OptionRow[] {
  if (shape['type'] === 'array') return membersOf(`${name}[]`, shape['items'] as JsonSchema);
  if (shape['properties'] !== undefined) return membersOf(name, shape);
  const free = shape['additionalProperties'];
  return isSchema(free) ? membersOf(`${name}.<name>`, free) : [];
}

/** Rows of the keys of an object, or of whichever objects may stand there. */
function membersOf(name: string, schema: JsonSchema): OptionRow[] {
  if (schema['properties'] === undefined) {
    return mergeShapes(shapesOf(schema).map((shape) => ({ shape, rows: rowsInside(name, shape) })));
  }
  const required = new Set((schema['required'] ?? []) as string[]);
  return Object.entries(schema['properties'] as Record<string, JsonSchema>).flatMap(([key, value]) =>
    configurationRows(`${name}.${key}`, value, required.has(key)),
  );
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
const choicesOf = (schema: JsonSchema): JsonSchema[] => (schema['anyOf'] ?? schema['oneOf'] ?? []) as JsonSchema[];

/** The shapes with keys of their own; a list of a shape that may also stand alone is left out. */
function shapesOf(schema: JsonSchema): JsonSchema[] {
  const choices = choicesOf(schema);
  if (choices.length === 0) return [schema];
  const texts = choices.map((choice) => JSON.stringify(choice));
  return choices.filter(
    ({ type, items }) => type === 'object' || (type === 'array' && !texts.includes(JSON.stringify(items))),
  );
}

interface Shape {
  readonly shape: JsonSchema;
  readonly rows: readonly OptionRow[];
}

/** Rows of several shapes as one list: what all share once, the rest marked. */
function mergeShapes(shapes: readonly Shape[]): OptionRow[] {
  if (shapes.length < 2) return shapes.flatMap(({ rows }) => rows);
  const literals = shapes.flatMap(({ shape, rows }) => literalRow(shape, rows) ?? []);
  const merged = new Map<string, { row: OptionRow; labels: string[] }>();
  for (const { shape, rows } of shapes) {
    for (const row of rows) {
      if (literals.includes(row)) continue;
      const key = JSON.stringify(row);
      const known = merged.get(key) ?? { row, labels: [] };
      known.labels.push(labelOf(shape));
      merged.set(key, known);
    }
  }
  const order = shapes.flatMap(({ rows }) => rows.map(({ name }) => name));
  const others = [...merged.values()]
    .map(({ row, labels }) =>
      labels.length === shapes.length ? row : { ...row, meaning: `With ${labels.join(', ')}: ${row.meaning}` },
    )
    .sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name));
  return [...oneRow(literals), ...others];
}

/** The row of the key whose literal tells a shape from its neighbours. */
function literalRow(shape: JsonSchema, rows: readonly OptionRow[]): OptionRow | undefined {
  const key = literalOf(shape)?.[0];
  return key === undefined ? undefined : rows.find(({ name }) => name.endsWith(`.${key}`));
}

/** The literals of several shapes as one row. */
function oneRow(rows: readonly OptionRow[]): OptionRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const explained = rows.filter(({ meaning }) => meaning !== '');
  return [
    {
      name: first.name,
      values: rows.map(({ values }) => values).join(', '),
      standard: (rows.find(({ standard }) => standard !== 'required') ?? first).standard,
      meaning: explained.map(({ values, meaning }) => `${values}: ${meaning}`).join(' '),
    },
  ];
}

function literalOf(shape: JsonSchema): [string, unknown] | undefined {
  const properties = (shape['properties'] ?? {}) as Record<string, JsonSchema>;
  const found = Object.entries(properties).find(([, value]) => 'const' in value);
  return found === undefined ? undefined : [found[0], found[1]['const']];
}

/** What tells a shape from its neighbours: the literal of its key, or the key it must have. */
function labelOf(shape: JsonSchema): string {
  const literal = literalOf(shape);
  if (literal !== undefined) return `\`${literal[0]}: ${String(literal[1])}\``;
  return ((shape['required'] ?? []) as string[]).map((key) => `\`${key}\``).join(' and ');
}
