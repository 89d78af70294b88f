import { createJiti } from 'jiti';

/**
 * The default export of a local TypeScript or JavaScript file, transpiled without type checking. `undefined` when it
 * has none.
 */
export async function importDefault(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, interopDefault: false });
  const module = await jiti.import<Record<string, unknown>>(file);
  return module['default'];
}
