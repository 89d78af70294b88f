import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from '@turnwise/core';
import advantage from './templates/advantage/plugin.js';
import policy from './templates/policy/plugin.js';
import protocol from './templates/protocol/plugin.js';
import reward from './templates/reward/plugin.js';
import search from './templates/search/plugin.js';
import tracker from './templates/tracker/plugin.js';

/** A working plugin of one kind, to start from. */
export interface Template {
  /** What it does, for the description of the package and the first line of its README. */
  readonly summary: string;
  /** The example itself; its schema gives the README's table of options. */
  readonly plugin: Plugin;
  /** The kit's function that tests such a plugin. */
  readonly conformance: string;
  /** What that function has to be told besides, as source. */
  readonly settings?: string;
  /** How a configuration names it. */
  readonly configuration: (packageName: string) => string;
}

const named = (key: string) => (packageName: string) => `${key}: { use: "${packageName}" }`;

export const templates = {
  reward: {
    summary: 'A reward: 1 for a right answer, less a cost for each search',
    plugin: reward,
    conformance: 'rewardConformance',
    configuration: (packageName) =>
      `reward:\n  - { use: folr }\n  - { use: "${packageName}", weight: 0.5, with: { cost: 0.1 } }\nadvantage: { use: tspo }`,
  },
  advantage: {
    summary: 'An advantage estimator: outcomes less the mean of their group',
    plugin: advantage,
    conformance: 'advantageConformance',
    configuration: (packageName) => `reward: { use: outcome }\nadvantage: { use: "${packageName}" }`,
  },
  search: {
    summary: 'A search tool: passages ranked by the words they share with the query',
    plugin: search,
    conformance: 'searchToolConformance',
    configuration: named('search'),
  },
  policy: {
    summary: 'A policy without a model: searches for the question, answers with a title it read',
    plugin: policy,
    conformance: 'policyConformance',
    configuration: named('policy'),
  },
  protocol: {
    summary: 'A protocol: searches and answers in square brackets',
    plugin: protocol,
    conformance: 'protocolConformance',
    settings: `{
  fixtures: [
    { output: 'Hm. [search: who wrote it]', action: { kind: 'search', query: 'who wrote it' } },
    { output: '[answer: Tinvek]', action: { kind: 'answer', text: 'Tinvek' } },
    { output: 'no idea', action: { kind: 'invalid', reason: 'no-action' } },
  ],
}`,
    configuration: named('protocol'),
  },
  tracker: {
    summary: 'A tracker: metrics appended to a CSV file',
    plugin: tracker,
    conformance: 'trackerConformance',
    configuration: (packageName) => `trackers:\n  - { use: "${packageName}" }`,
  },
} satisfies Record<string, Template>;

export type TemplateKind = keyof typeof templates;

/** The example's source as it is published beside this code, with `id` put in. */
export async function templateSource(kind: TemplateKind, id: string): Promise<string> {
  const file = fileURLToPath(new URL(`../src/templates/${kind}/plugin.ts`, import.meta.url));
  return (await readFile(file, 'utf8')).replaceAll('__ID__', id);
}
