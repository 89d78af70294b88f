import type { PluginDefinition, PluginKind } from '../contract/index.js';

/** A plugin that can be asked for by its short id: one of another package, or one the core itself holds. */
export type BuiltinPlugin =
  { readonly packageName: string; readonly load: () => Promise<unknown> } | { readonly definition: PluginDefinition };

/** The static table of short ids. Nothing else can be asked for by a short id: no name is ever guessed. */
export interface BuiltinPlugins {
  /** URL or path of the module that imports the packages; their manifests are looked up from here. */
  readonly from: string;
  readonly plugins: Partial<Record<PluginKind, Readonly<Record<string, BuiltinPlugin>>>>;
}

/** Merges tables; the first one's `from` stands. */
export function mergeBuiltins(first: BuiltinPlugins, ...others: readonly BuiltinPlugins[]): BuiltinPlugins {
  const plugins: Record<string, Readonly<Record<string, BuiltinPlugin>>> = { ...first.plugins };
  for (const other of others) {
    for (const [kind, table] of Object.entries(other.plugins)) plugins[kind] = { ...plugins[kind], ...table };
  }
  return { from: first.from, plugins };
}
