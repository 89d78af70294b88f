import type { PluginDefinition, PluginKind } from '../contract/index.js';
import { suggestion, TurnwiseError } from '../errors/index.js';
import { coreVersion } from './core-version.js';
import type { DefinitionProblem } from './definition-problems.js';
import type { PluginRequest } from './loaded-plugin.js';
import { newestApiVersion, supportedApiVersions } from './interface-versions.js';
import { pluginKinds } from './plugin-kinds.js';
import type { PluginManifest } from './plugin-manifest.js';

/** Where a plugin was asked for, and under which name. */
export interface AskedFor {
  readonly kind: PluginKind;
  readonly name: string;
  /** `file:line:column`, `--set ...` or the configuration's name. */
  readonly where: string;
}

/** How messages name what a configuration asks for. */
export function askedFor({ kind, use, where }: PluginRequest): AskedFor {
  return { kind, name: typeof use === 'string' ? use : `imported ${use.id}`, where };
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const quoted = JSON.stringify;

export function unknownShortId({ kind, name, where }: AskedFor, known: readonly string[]): TurnwiseError {
  const list = known.length === 0 ? 'none' : known.join(', ');
  return new TurnwiseError(
    'PLUGIN_NOT_FOUND',
    `${where}: there is no built-in ${kind} ${quoted(name)}.${suggestion(name, known)} Built-in: ${list}.`,
    {
      where,
      hint: `For a plugin of your own write a file (./my-${kind}.ts) or its full package name (turnwise-${kind}-...).`,
    },
  );
}

export function fileNotFound({ kind, name, where }: AskedFor): TurnwiseError {
  return new TurnwiseError('PLUGIN_NOT_FOUND', `${where}: there is no file ${name} for the ${kind}.`, {
    where,
    hint: 'Paths in a configuration are relative to its folder. Name the file with its extension.',
  });
}

export function packageNotFound({ kind, name, where }: AskedFor, folder: string): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_NOT_FOUND',
    `${where}: the ${kind} package ${quoted(name)} is not installed; looked from ${folder} upwards.`,
    { where, hint: `npm install ${name}` },
  );
}

export function noEntry({ name, where }: AskedFor, folder: string, cause: unknown): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_NOT_FOUND',
    `${where}: the package ${quoted(name)} in ${folder} has no entry that can be imported: ${reasonOf(cause)}`,
    {
      where,
      hint: 'Its package.json needs exports["."] with the condition `default`, and the file must be built.',
      cause,
    },
  );
}

export function noManifest({ kind, name, where }: AskedFor, { folder, lacking }: PluginManifest): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_NOT_A_PLUGIN',
    `${where}: ${quoted(name)} is not a Turnwise plugin: ${folder}/package.json has no complete "turnwise" entry: it lacks ${lacking.join(', ')}.`,
    {
      where,
      hint: `A plugin's package.json has "turnwise": { "apiVersion": ${newestApiVersion(kind)}, "kind": "${kind}", "id": "..." }.`,
    },
  );
}

export function importFailed({ kind, name, where }: AskedFor, cause: unknown): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_IMPORT_FAILED',
    `${where}: importing the ${kind} ${quoted(name)} failed: ${reasonOf(cause)}`,
    {
      where,
      hint: 'A plugin must load without an error: mend what the cause below says, or install another version.',
      cause,
    },
  );
}

export function notAPlugin({ kind, name, where }: AskedFor, found: unknown): TurnwiseError {
  const what = found === undefined ? 'no default export' : `a default export that is ${describe(found)}`;
  return new TurnwiseError(
    'PLUGIN_NOT_A_PLUGIN',
    `${where}: ${quoted(name)} is not a Turnwise plugin: it has ${what}.`,
    {
      where,
      hint: `Write \`export default ${pluginKinds[kind].define}({ id, version, options, create })\`.`,
    },
  );
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : `a ${typeof value}`;
  return `an object made by no define function (keys: ${Object.keys(value).join(', ') || 'none'})`;
}

export function apiUnsupported({ kind, name, where }: AskedFor, version: unknown): TurnwiseError {
  const supported = supportedApiVersions(kind).join(' and ');
  return new TurnwiseError(
    'PLUGIN_API_UNSUPPORTED',
    `${where}: the ${kind} ${quoted(name)} is written for interface ${String(version)} of ${kind} plugins; @turnwise/core ${coreVersion} knows ${supported}.`,
    { where, hint: 'Install a version of the plugin made for this core, or another core.' },
  );
}

export function definitionInvalid({ kind, name, where }: AskedFor, { text, mend }: DefinitionProblem): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_DEFINITION_INVALID',
    `${where}: the ${kind} ${quoted(name)} cannot be used: ${text}.`,
    {
      where,
      hint: mend,
    },
  );
}

/** @param folder of the package */
export function unreadableManifest({ name, where }: Omit<AskedFor, 'kind'>, folder: string): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_NOT_A_PLUGIN',
    `${where}: ${quoted(name)} is not a Turnwise plugin: ${folder}/package.json cannot be read as a JSON object.`,
    { where, hint: 'Install the package again; if it is your own, mend its package.json.' },
  );
}

export function noPackageName({ kind, name, where }: AskedFor): TurnwiseError {
  return new TurnwiseError('PLUGIN_NOT_FOUND', `${where}: ${quoted(name)} cannot be the name of a ${kind} package.`, {
    where,
    hint: `A package is named whole: turnwise-${kind}-<id> or @scope/turnwise-${kind}-<id>; a file begins with ./`,
  });
}

export function wrongKind({ kind, name, where }: AskedFor, found: string): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_KIND_MISMATCH',
    `${where}: ${quoted(name)} is a ${found} plugin, but a ${kind} is asked for here.`,
    {
      where,
      hint: `Move it to \`${found}:\` of the configuration, or name a ${kind} here.`,
    },
  );
}

export function manifestMismatch(
  { name, where }: AskedFor,
  key: 'apiVersion' | 'kind' | 'id',
  manifest: PluginManifest,
  definition: PluginDefinition,
): TurnwiseError {
  const declared = quoted(manifest.turnwise?.[key]);
  return new TurnwiseError(
    'PLUGIN_MANIFEST_MISMATCH',
    `${where}: ${quoted(name)} says ${key} ${declared} in its package.json but ${quoted(definition[key])} in its export.`,
    { where, hint: `Make the "turnwise" entry of ${manifest.folder}/package.json and the default export agree.` },
  );
}

export function coreRange({ kind, name, where }: AskedFor, range: string, valid: boolean): TurnwiseError {
  const problem = valid
    ? `asks for @turnwise/core ${range}, but ${coreVersion} is running`
    : `asks for @turnwise/core ${quoted(range)}, which is not a version range`;
  return new TurnwiseError('PLUGIN_CORE_RANGE', `${where}: the ${kind} ${quoted(name)} ${problem}.`, {
    where,
    hint: valid
      ? `npm install @turnwise/core@"${range}", or a version of the plugin for ${coreVersion}.`
      : 'Ask its author to mend `core`.',
  });
}

export function duplicateId({ kind, name, where }: AskedFor, id: string, otherWhere: string): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_DUPLICATE_ID',
    `${where}: the ${kind} ${quoted(name)} has the id ${quoted(id)}, which the ${kind} at ${otherWhere} has already.`,
    {
      where,
      hint: 'Each plugin of a kind may be used once in a run; for one reward with another factor change `weight`.',
    },
  );
}

export function initFailed({ kind, name, where }: AskedFor, what: string, cause: unknown): TurnwiseError {
  return new TurnwiseError('PLUGIN_INIT_FAILED', `${where}: the ${kind} ${quoted(name)} ${what}: ${reasonOf(cause)}`, {
    where,
    hint: 'create(), init() and estimateMemory() must end without an error: mend what the cause below says.',
    cause,
  });
}

/** @param found what create() returned */
export function methodsMissing(
  { kind, name, where }: AskedFor,
  missing: readonly string[],
  found: unknown,
): TurnwiseError {
  const plural = missing.length > 1 ? 's' : '';
  const methods = (names: readonly string[]): string => names.map((method) => `\`${method}\``).join(', ');
  const has = typeof found === 'object' && found !== null ? Object.keys(found).join(', ') || 'nothing' : null;
  const returned = has === null ? `create() returned ${String(found)}` : `what create() returned has ${has}`;
  return new TurnwiseError(
    'PLUGIN_INIT_FAILED',
    `${where}: the ${kind} ${quoted(name)} was created without the method${plural} ${methods(missing)}; ${returned}.`,
    { where, hint: `Return an object with ${methods(pluginKinds[kind].methods)} from create().` },
  );
}

export function notIsolatable(
  { kind, name, where }: AskedFor,
  why: string,
  hint: string,
  cause?: unknown,
): TurnwiseError {
  return new TurnwiseError(
    'PLUGIN_NOT_ISOLATABLE',
    `${where}: the ${kind} ${quoted(name)} cannot run with \`isolation: worker\`: ${why}.`,
    { where, hint, cause },
  );
}
