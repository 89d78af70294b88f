import { suggestion, TurnwiseError } from '@turnwise/core';
import { templates, type TemplateKind } from './templates.js';

/** What the package to be made is called and is. */
export interface NewPlugin {
  readonly kind: TemplateKind;
  /** kebab-case; names the plugin in configurations and metrics. */
  readonly id: string;
  /** With its @, e.g. `@acme`; `null` for a package without scope. */
  readonly scope: string | null;
  /** Who holds the copyright. */
  readonly author: string;
}

/** Wishes as somebody typed them. */
export interface PluginWishes {
  readonly kind: string;
  readonly id: string;
  readonly scope: string;
  readonly author: string;
}

/** Characters of a package name, scope included, that npm takes. */
const longestName = 214;

export const pluginKindNames = Object.keys(templates) as readonly TemplateKind[];

/** What is wrong with an id; `undefined` when nothing is. */
export function idProblem(id: string): string | undefined {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) return undefined;
  return `${JSON.stringify(id)} is not kebab-case: lower-case letters, digits and single hyphens, a letter first`;
}

/** What is wrong with an npm scope; `undefined` when nothing is. Empty: no scope. */
export function scopeProblem(scope: string): string | undefined {
  if (scope === '' || /^@?[a-z0-9][a-z0-9._-]*$/.test(scope)) return undefined;
  return `${JSON.stringify(scope)} is not an npm scope, such as @acme`;
}

/** Checks wishes. Throws `CONFIG_USAGE` naming what is accepted. */
export function newPlugin({ kind, id, scope, author }: PluginWishes): NewPlugin {
  if (!Object.hasOwn(templates, kind)) {
    const meant = suggestion(kind, pluginKindNames);
    throw usage(`--kind ${JSON.stringify(kind)} is no kind of plugin.${meant} Kinds: ${pluginKindNames.join(', ')}.`);
  }
  const problem = idProblem(id) ?? scopeProblem(scope);
  if (problem !== undefined) throw usage(`${problem}.`);
  const plugin: NewPlugin = {
    kind: kind as TemplateKind,
    id,
    scope: scope === '' ? null : `@${scope.replace(/^@/, '')}`,
    author: author === '' ? 'the authors' : author,
  };
  const { length } = packageName(plugin);
  if (length > longestName)
    throw usage(`The package's name would have ${length} characters; npm takes ${longestName}.`);
  return plugin;
}

/** `turnwise-<kind>-<id>`, with the scope before it if there is one. */
export function packageName({ kind, id, scope }: NewPlugin): string {
  const name = `turnwise-${kind}-${id}`;
  return scope === null ? name : `${scope}/${name}`;
}

function usage(message: string): TurnwiseError {
  return new TurnwiseError('CONFIG_USAGE', message, {
    hint: 'npm create turnwise-plugin@latest -- my-folder --kind reward --id brevity --scope @acme',
  });
}
