import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PluginDefinition, PluginKind } from '@turnwise/core';

const plugins = new URL('../../plugins/', import.meta.url);

/** The first-party plugins of a kind, by the names of their folders: none is left out by being forgotten. */
export async function pluginsOf<Kind extends PluginKind>(
  kind: Kind,
): Promise<readonly { readonly name: string; readonly folder: string; readonly plugin: PluginDefinition<Kind> }[]> {
  const names = readdirSync(plugins).filter((name) => name.startsWith(`${kind}-`));
  return Promise.all(
    names.map(async (name) => ({
      name,
      folder: fileURLToPath(new URL(`${name}/`, plugins)),
      plugin: ((await import(`@turnwise/${name}`)) as { default: PluginDefinition<Kind> }).default,
    })),
  );
}
