import type { PluginDefinition } from '../contract/index.js';
import { assertCapabilities } from './capabilities.js';
import { coreVersion } from './core-version.js';
import type { LoadedPlugin, PluginOrigin, PluginRequest } from './loaded-plugin.js';
import { newestDefinition } from './interface-versions.js';
import { askedFor, duplicateId } from './plugin-errors.js';
import { resolvePlugin, type PluginSources, type ResolvedPlugin } from './resolve-plugin.js';
import { fileIntegrity, packageIntegrity } from './trust/package-integrity.js';
import { isolatedUse } from './isolated-use.js';
import { validateOptions } from './validate-options.js';
import { verifyImported, verifyPlugin } from './verify-plugin.js';

/**
 * Finds, imports and checks plugins. The order is fixed, and each failure has a code of its own: resolve, static
 * manifest, trust, import, brand, kind, interface version, definition, manifest against export, range of core versions; then
 * over all of them duplicate ids, options, capabilities. Nothing is created.
 */
export async function loadPlugins(requests: readonly PluginRequest[], sources: PluginSources): Promise<LoadedPlugin[]> {
  const found = [];
  for (const request of requests) found.push({ request, ...(await findPlugin(request, sources)) });
  const places = new Map<string, string>();
  for (const { request, definition } of found) {
    const key = `${definition.kind}:${definition.id}`;
    const other = places.get(key);
    if (other !== undefined) throw duplicateId(askedFor(request), definition.id, other);
    places.set(key, request.where);
  }
  const loaded: LoadedPlugin[] = [];
  for (const { request, definition: exported, origin } of found) {
    const definition = newestDefinition(exported);
    const options = await validateOptions(request, definition);
    const { kind, path, where } = request;
    const isolated = isolatedUse(request, definition, origin);
    const plugin = { kind, id: definition.id, definition, options, path, where, origin };
    loaded.push(isolated === null ? plugin : { ...plugin, isolated });
  }
  assertCapabilities(loaded);
  return loaded;
}

async function findPlugin(
  request: PluginRequest,
  sources: PluginSources,
): Promise<{ definition: PluginDefinition; origin: PluginOrigin }> {
  const asked = askedFor(request);
  if (typeof request.use !== 'string') {
    const definition = verifyImported(asked, request.use);
    return { definition, origin: { source: 'imported', version: definition.version, integrity: null, path: null } };
  }
  const resolved = resolvePlugin(asked, sources);
  const definition = await verifyPlugin(asked, resolved, sources.trust);
  const { source, entry, manifest } = resolved;
  const version = manifest?.packageVersion ?? (source === '@turnwise/core' ? coreVersion : definition.version);
  return { definition, origin: { source, version, integrity: integrityOf(resolved), path: entry } };
}

/** Of a third party's package everything counts, of our own and of single files the file that is imported. */
function integrityOf({ origin, entry, manifest }: ResolvedPlugin): string | null {
  if (origin === 'package' && manifest !== null) return packageIntegrity(manifest.folder);
  return entry === null ? null : fileIntegrity(entry);
}
