import { createJiti } from 'jiti';
import * as zod from 'zod';

/** Modules by name, e.g. `{ '@turnwise/core': core }`. */
export type OfferedModules = Readonly<Record<string, unknown>>;

/**
 * Imports a local TypeScript or JavaScript file, transpiled without type checking.
 *
 * @param modules What the file may import by name although it is not installed beside it: the running core, so that a
 *   configuration or a plugin in one file needs no package of its own. `zod`, for its options, is always there.
 */
export async function importLocalModule(file: string, modules: OfferedModules = {}): Promise<Record<string, unknown>> {
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules: { zod, ...modules },
  });
  return jiti.import<Record<string, unknown>>(file);
}
