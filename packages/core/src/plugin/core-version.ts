import { createRequire } from 'node:module';
import semver from 'semver';

/** Version of the running @turnwise/core. */
export const coreVersion: string = (
  createRequire(import.meta.url)('@turnwise/core/package.json') as { readonly version: string }
).version;

/** Whether a range of package.json holds the running core. What is no range, a tag or an address, says nothing. */
export function holdsThisCore(range: string | null): boolean {
  if (range === null || semver.validRange(range) === null) return true;
  return semver.satisfies(coreVersion, range, { includePrerelease: true });
}
