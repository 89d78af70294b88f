import type { PluginDefinition } from '../contract/index.js';
import { suggestion } from '../errors/index.js';
import { capabilityNames } from './capabilities.js';
import { pluginKinds } from './plugin-kinds.js';

/** Something a define function was given that cannot work. */
export interface DefinitionProblem {
  readonly field: 'id' | 'version' | 'options' | 'create' | 'requires' | 'provides';
  /** What was found, to follow the plugin's name. */
  readonly text: string;
  readonly mend: string;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

/**
 * What is wrong with a definition. The define functions are typed and check nothing: a file in JavaScript, or one that is
 * imported without a compiler, may give them anything.
 */
export function definitionProblems(definition: PluginDefinition): DefinitionProblem[] {
  const { id, version, options, create, kind } = definition as Partial<PluginDefinition> &
    Pick<PluginDefinition, 'kind'>;
  const problems: DefinitionProblem[] = [];
  if (typeof id !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    problems.push({
      field: 'id',
      text: `its id is ${shown(id)}`,
      mend: 'Give it an id in kebab-case, such as "answer-brevity": it stands in names of metrics.',
    });
  }
  if (typeof version !== 'string' || version === '') {
    problems.push({ field: 'version', text: `its version is ${shown(version)}`, mend: 'Write version: "0.1.0".' });
  }
  const schema: unknown = options;
  const standard = (schema as { '~standard'?: { validate?: unknown } } | undefined)?.['~standard'];
  if (typeof standard?.validate !== 'function') {
    problems.push({
      field: 'options',
      text: options === undefined ? 'its options are missing' : 'its options are no schema that speaks Standard Schema',
      mend: 'Write options: z.strictObject({ ... }), or a schema of valibot or arktype; z.strictObject({}) for none.',
    });
  }
  if (typeof create !== 'function') {
    const methods = pluginKinds[kind].methods.join(', ');
    problems.push({
      field: 'create',
      text: `its create is ${shown(create)}`,
      mend: `Write create: (context, options) => ({ ${methods} }).`,
    });
  }
  return [...problems, ...capabilityProblems(definition, 'requires'), ...capabilityProblems(definition, 'provides')];
}

function capabilityProblems(definition: PluginDefinition, field: 'requires' | 'provides'): DefinitionProblem[] {
  const named: unknown = definition[field];
  if (named === undefined) return [];
  const mend = `Capabilities are ${capabilityNames.join(', ')}.`;
  if (!Array.isArray(named)) return [{ field, text: `${field} is ${shown(named)} and no list`, mend }];
  return named
    .filter((name) => !(capabilityNames as readonly unknown[]).includes(name))
    .map((name) => ({
      field,
      text: `it ${field} ${shown(name)}, which is no capability.${suggestion(String(name), capabilityNames)}`.replace(
        /\.$/,
        '',
      ),
      mend,
    }));
}
