import { runJsonSchema, type JsonSchema, type OptionRow } from '@turnwise/core';
import { configurationRows } from './configuration-rows.js';

interface Section {
  readonly key: string;
  readonly meaning: string;
  readonly rows: readonly OptionRow[];
}

/** The keys of a configuration, one section for each key of the first level. */
export function configurationSections(): Section[] {
  const { properties, required = [] } = runJsonSchema() as {
    properties: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([key, schema]) => ({
    key,
    meaning: typeof schema['description'] === 'string' ? schema['description'] : '',
    rows: configurationRows(key, schema, required.includes(key)),
  }));
}

/** docs/reference/configuration.md. */
export function configurationPage(): string {
  const sections = configurationSections().map(({ key, meaning, rows }) => {
    const lines = rows.map(
      ({ name, values, standard, meaning: text }) => `| \`${name}\` | ${values} | ${standard} | ${cell(text)} |`,
    );
    const table = ['| key | values | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
    return `## ${key}\n\n${meaning}\n\n${table}`;
  });
  return `# Configuration

Every key of a configuration file, written as YAML, JSON or TypeScript (\`defineRun\`). An unknown key is an error at every level.
"none" as a default means that the key may be left out; \`a[].b\` is the key \`b\` of each entry of the list \`a\`. Options of plugins,
under \`with\`, are in [options.md](options.md). \`turnwise config schema\` prints the same as a JSON Schema for editors.

Written from the schema by \`npm run docs:reference\`.

${sections.join('\n\n')}
`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
