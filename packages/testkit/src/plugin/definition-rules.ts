import { coreVersion, definitionProblems, pluginBrand, supportedApiVersions } from '@turnwise/core';
import type { DefinitionProblem, PluginDefinition } from '@turnwise/core';
import semver from 'semver';
import { demand, type Rule } from '../rule.js';
import { shown } from '../same-value.js';
import type { Subject } from '../subject.js';

/** What is wrong with a definition besides its id, which has a rule of its own. */
const otherProblems = (plugin: PluginDefinition): readonly DefinitionProblem[] =>
  definitionProblems(plugin).filter(({ field }) => field !== 'id');

/** Whether instances can be made of it at all; where not, rules about them would only say so again. */
export const canBeMade = (plugin: PluginDefinition): boolean =>
  otherProblems(plugin).every(({ field }) => field !== 'options' && field !== 'create');

/** What holds for the default export of every plugin. */
export const definitionRules: readonly Rule<Subject>[] = [
  {
    id: 'plugin/brand',
    says: 'it was made by a define function of the core',
    check: ({ plugin }) =>
      demand(
        pluginBrand in plugin,
        () => 'the export carries no brand',
        'export default defineReward({ ... }) or its sibling',
      ),
  },
  {
    id: 'plugin/api-version',
    says: 'it is written for an interface this core knows',
    check: ({ plugin, kind }) => {
      const known = supportedApiVersions(kind);
      demand(
        known.includes(plugin.apiVersion),
        () => `apiVersion is ${shown(plugin.apiVersion)}`,
        `write it for interface ${known.join(' or ')}`,
      );
    },
  },
  {
    id: 'plugin/id',
    says: 'its id is made of lower-case words and dashes',
    check: ({ plugin: { id } }) =>
      demand(
        /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id),
        () => `the id is ${shown(id)}`,
        'use kebab-case, e.g. "answer-brevity"',
      ),
  },
  {
    id: 'plugin/definition',
    says: 'it has a version, a schema of options and create(), and names capabilities there are',
    check: ({ plugin }) => {
      const problem = otherProblems(plugin)[0];
      demand(problem === undefined, () => problem?.text ?? '', problem?.mend ?? '');
    },
  },
  {
    id: 'plugin/core-range',
    says: 'the range of core versions it asks for, if any, holds the running one',
    check: ({ plugin: { core } }) =>
      demand(
        core === undefined || semver.satisfies(coreVersion, core, { includePrerelease: true }),
        () => `core is ${shown(core)}, and ${coreVersion} is running`,
        'write a semver range, or leave it out',
      ),
  },
];
