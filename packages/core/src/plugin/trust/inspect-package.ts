import { existsSync } from 'node:fs';
import { coreVersion, holdsThisCore } from '../core-version.js';
import { supportedApiVersions } from '../interface-versions.js';
import { isPluginKind, pluginKindNames } from '../plugin-kinds.js';
import { unreadableManifest } from '../plugin-errors.js';
import { findPackageFolder, readPackageFile, readPluginManifest, type PluginManifest } from '../plugin-manifest.js';
import { packageEntry } from '../resolve-plugin.js';
import { packageIntegrity } from './package-integrity.js';

/** Something about a package that will keep it from running, or that its user should know. */
export interface PackageProblem {
  readonly serious: boolean;
  readonly text: string;
  readonly mend: string;
}

/** What can be known of an installed plugin without importing it. */
export interface PackageInspection {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly folder: string;
  readonly manifest: PluginManifest['turnwise'];
  /** The file that would be imported; `null` when there is none. */
  readonly entry: string | null;
  readonly integrity: string;
  /** What would be installed with it. */
  readonly dependencies: readonly string[];
  readonly problems: readonly PackageProblem[];
}

/**
 * Reads what an installed package says about its plugin; `null` when it is not installed. Imports nothing. Throws
 * `PLUGIN_NOT_A_PLUGIN` when its package.json cannot be read.
 */
export function inspectPackage(name: string, from: string): PackageInspection | null {
  const folder = findPackageFolder(name, from);
  if (folder === null) return null;
  const manifest = readPluginManifest(folder);
  if (manifest === null) throw unreadableManifest({ name, where: from }, folder);
  const content = readPackageFile(folder) ?? {};
  const entry = packageEntry(name, from);
  return {
    name,
    version: manifest.packageVersion,
    description: manifest.description,
    folder,
    manifest: manifest.turnwise,
    entry,
    integrity: packageIntegrity(folder),
    dependencies: Object.keys(fields(content['dependencies'])),
    problems: [...problemsOfManifest(name, manifest), ...problemsOfContent(content, manifest.core, entry)],
  };
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const serious = (text: string, mend: string): PackageProblem => ({ serious: true, text, mend });
const notable = (text: string, mend: string): PackageProblem => ({ serious: false, text, mend });

function problemsOfManifest(name: string, { turnwise, packageName }: PluginManifest): PackageProblem[] {
  if (turnwise === null)
    return [serious('package.json has no complete "turnwise" entry', 'it is not a plugin; ask its author')];
  const { kind, apiVersion } = turnwise;
  if (!isPluginKind(kind)) return [serious(`its kind is ${kind}`, `kinds are ${pluginKindNames.join(', ')}`)];
  const supported = supportedApiVersions(kind);
  const problems: PackageProblem[] = [];
  if (!supported.includes(apiVersion)) {
    const known = supported.join(' and ');
    problems.push(
      serious(`it is written for interface ${apiVersion}; this core knows ${known}`, 'install another version of it'),
    );
  }
  if (packageName !== name) {
    problems.push(
      notable(`its package.json calls it ${packageName || 'nothing'}`, 'make sure it is what you meant to install'),
    );
  }
  return problems;
}

function problemsOfContent(
  content: Readonly<Record<string, unknown>>,
  range: string | null,
  entry: string | null,
): PackageProblem[] {
  const problems: PackageProblem[] = [];
  if (entry === null || !existsSync(entry)) {
    problems.push(
      serious(
        'it has no entry that can be imported',
        'exports["."] needs the condition default, and the file must be built',
      ),
    );
  }
  if (range === null) {
    problems.push(notable('it does not say for which core it was made', 'add @turnwise/core to its peerDependencies'));
  } else if (!holdsThisCore(range)) {
    problems.push(
      serious(
        `it asks for @turnwise/core ${range}; ${coreVersion} is running`,
        `install a version of it for ${coreVersion}`,
      ),
    );
  }
  if ('@turnwise/core' in fields(content['dependencies'])) {
    problems.push(notable('it brings a core of its own', 'the core belongs into its peerDependencies'));
  }
  const scripts = ['preinstall', 'install', 'postinstall'].filter((name) => name in fields(content['scripts']));
  if (scripts.length > 0) {
    problems.push(
      notable(`it runs scripts when it is installed: ${scripts.join(', ')}`, 'read them before you install it'),
    );
  }
  return problems;
}
