import { createRequire } from 'node:module';

/** Version of the running @turnwise/core. */
export const coreVersion: string = (
  createRequire(import.meta.url)('@turnwise/core/package.json') as { readonly version: string }
).version;
