import { suggestion, TurnwiseError } from '../../errors/index.js';
import type { AskedFor } from '../plugin-errors.js';
import type { ResolvedPlugin } from '../resolve-plugin.js';
import { packageIntegrity } from './package-integrity.js';
import type { LockedPlugin } from './plugin-lock.js';

/** Which third-party packages may run. Built-in plugins are part of the product, files of the project its own code. */
export interface PluginTrust {
  /** `plugins.allow`: names of packages; `null`: any. */
  readonly allow: readonly string[] | null;
  /** `null`: there is no lock file. */
  readonly lock: readonly LockedPlugin[] | null;
  readonly lockFile: string;
  /** Whether every package must be in the lock file: `--locked`, or the environment variable CI. */
  readonly locked: boolean;
  /** Why it must be, for messages. */
  readonly lockedBy: string;
}

/**
 * Decides about a package before any of its code runs.
 *
 * @throws PLUGIN_NOT_ALLOWED when `plugins.allow` does not name it
 * @throws PLUGIN_NOT_LOCKED when it must be in the lock file and is not
 * @throws PLUGIN_INTEGRITY when it is not what the lock file says, locked or not
 */
export function assertTrusted({ kind, name, where }: AskedFor, resolved: ResolvedPlugin, trust: PluginTrust): void {
  if (resolved.origin !== 'package' || resolved.manifest === null) return;
  const { folder, packageVersion } = resolved.manifest;
  const quoted = JSON.stringify(name);
  if (trust.allow !== null && !trust.allow.includes(name)) {
    throw new TurnwiseError(
      'PLUGIN_NOT_ALLOWED',
      `${where}: the ${kind} ${quoted} is not among plugins.allow.${suggestion(name, trust.allow)} Allowed: ${trust.allow.join(', ') || 'none'}.`,
      { where, hint: `If you trust it with your full rights, add ${quoted} to plugins.allow.` },
    );
  }
  const entry = trust.lock?.find((locked) => locked.name === name && locked.kind === kind);
  if (entry === undefined) {
    if (!trust.locked) return;
    const what = trust.lock === null ? `there is no ${trust.lockFile}` : `${trust.lockFile} does not hold it`;
    throw new TurnwiseError(
      'PLUGIN_NOT_LOCKED',
      `${where}: the ${kind} ${quoted} must be locked (${trust.lockedBy}), and ${what}.`,
      { where, hint: 'Run turnwise plugins lock where you trust what is installed, and commit the file.' },
    );
  }
  const integrity = packageIntegrity(folder);
  if (integrity === entry.integrity) return;
  throw new TurnwiseError(
    'PLUGIN_INTEGRITY',
    `${where}: the ${kind} ${quoted} in ${folder} is not what was locked: ${entry.version} ${entry.integrity}, found ${packageVersion} ${integrity}.`,
    {
      where,
      hint: `If you changed or updated it on purpose, run turnwise plugins lock; if not, remove it and install ${name}@${entry.version} again.`,
    },
  );
}
