import semver from 'semver';
import type { PluginDefinition } from '../contract/index.js';
import { coreVersion, holdsThisCore } from './core-version.js';
import { pluginBrand } from './define.js';
import { definitionProblems } from './definition-problems.js';
import {
  apiUnsupported,
  definitionInvalid,
  coreRange,
  importFailed,
  manifestMismatch,
  noManifest,
  notAPlugin,
  wrongKind,
  type AskedFor,
} from './plugin-errors.js';
import { supportedApiVersions } from './interface-versions.js';
import type { ResolvedPlugin } from './resolve-plugin.js';
import { assertTrusted, type PluginTrust } from './trust/plugin-trust.js';

/**
 * Imports a plugin and checks it, in this order: static manifest (entry, kind, interface version, the core it is a peer of) and
 * trust, before any of its code runs; then import, brand, kind, interface version, definition, manifest against export, range
 * of core versions. One code for each failure.
 */
export async function verifyPlugin(
  asked: AskedFor,
  resolved: ResolvedPlugin,
  trust?: PluginTrust,
): Promise<PluginDefinition> {
  const { manifest } = resolved;
  if (manifest !== null) {
    if (manifest.turnwise === null) throw noManifest(asked, manifest);
    const { apiVersion, kind } = manifest.turnwise;
    if (kind !== asked.kind) throw wrongKind(asked, kind);
    if (!supportedApiVersions(asked.kind).includes(apiVersion)) throw apiUnsupported(asked, apiVersion);
    if (!holdsThisCore(manifest.core)) throw coreRange(asked, manifest.core ?? '', true);
  }
  if (trust !== undefined) assertTrusted(asked, resolved, trust);
  let exported: unknown;
  try {
    exported = await resolved.load();
  } catch (cause) {
    throw importFailed(asked, cause);
  }
  const definition = verifyDefinition(asked, exported);
  for (const key of ['apiVersion', 'kind', 'id'] as const) {
    if (manifest?.turnwise && manifest.turnwise[key] !== definition[key]) {
      throw manifestMismatch(asked, key, manifest, definition);
    }
  }
  return verifyCoreRange(asked, definition);
}

/** The checks of a definition that was handed over as a value: brand, kind, interface version, definition, core range. */
export function verifyImported(asked: AskedFor, exported: unknown): PluginDefinition {
  return verifyCoreRange(asked, verifyDefinition(asked, exported));
}

function verifyDefinition(asked: AskedFor, exported: unknown): PluginDefinition {
  if (typeof exported !== 'object' || exported === null || !(pluginBrand in exported))
    throw notAPlugin(asked, exported);
  const definition = exported as unknown as PluginDefinition;
  if (definition.kind !== asked.kind) throw wrongKind(asked, definition.kind);
  if (!supportedApiVersions(asked.kind).includes(definition.apiVersion)) {
    throw apiUnsupported(asked, definition.apiVersion);
  }
  const [problem] = definitionProblems(definition);
  if (problem !== undefined) throw definitionInvalid(asked, problem);
  return definition;
}

function verifyCoreRange(asked: AskedFor, definition: PluginDefinition): PluginDefinition {
  const range = definition.core;
  if (range === undefined) return definition;
  if (semver.validRange(range) === null) throw coreRange(asked, range, false);
  if (!semver.satisfies(coreVersion, range, { includePrerelease: true })) throw coreRange(asked, range, true);
  return definition;
}
