import { listBuiltinPlugins, optionsTable, type BuiltinPlugin, type PluginDefinition } from '@turnwise/core';
import { builtinPlugins } from 'turnwise';

/** What the plugins of a kind are asked for with in a configuration. */
const places: Readonly<Record<string, string>> = {
  policy: '`policy.use`',
  search: '`search.use`',
  protocol: '`protocol.use`',
  reward: '`reward.use`, or an entry of the list `reward`',
  advantage: '`advantage.use`',
  tracker: 'an entry of the list `trackers`',
};

/** docs/reference/options.md. */
export async function optionsPage(): Promise<string> {
  const sections: string[] = [];
  for (const [kind, plugins] of Object.entries(builtinPlugins.plugins)) {
    sections.push(`## ${kind}\n\nAsked for in ${places[kind]}.`);
    for (const [id, plugin] of Object.entries(plugins)) sections.push(await pluginSection(kind, id, plugin));
  }
  return `# Options of the built-in plugins

Options stand under \`with\`, beside the \`use\` that names the plugin. An option a plugin does not know is an error. "none" as a
default means that the option may be left out.

Written from the schemas of the plugins by \`npm run docs:reference\`.

${sections.join('\n\n')}
`;
}

async function pluginSection(kind: string, id: string, plugin: BuiltinPlugin): Promise<string> {
  const listing = listBuiltinPlugins(builtinPlugins).find((one) => one.kind === kind && one.id === id);
  const definition = await definitionOf(plugin);
  return [
    `### ${kind} ${id}`,
    `${listing?.description ?? ''}. Package \`${listing?.source ?? ''}\`.`,
    optionsTable(definition),
  ].join('\n\n');
}

/** The definition of a built-in plugin; imports its package. */
export async function definitionOf(plugin: BuiltinPlugin): Promise<PluginDefinition> {
  return 'definition' in plugin ? plugin.definition : ((await plugin.load()) as { default: PluginDefinition }).default;
}
