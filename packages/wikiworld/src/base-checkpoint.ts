import { fileURLToPath } from 'node:url';
import type { BaseName } from './recipe/base-profile.js';

/** The folder of each base below `checkpoints`. */
const folders: Readonly<Record<BaseName, string>> = {
  quickstart: 'base',
  'quickstart-bad-search': 'bad-search',
  'quickstart-bad-both': 'bad-both',
};

/**
 * Folder of a base checkpoint that ships with this package: `model.safetensors`, `config.json`, `tokenizer.json` and
 * `recipe.json`. The same from `src/` and from `dist/`.
 *
 * @param name Default `quickstart`, the one of the quickstart.
 */
export function baseCheckpointFolder(name: BaseName = 'quickstart'): string {
  return fileURLToPath(new URL(`../checkpoints/${folders[name]}`, import.meta.url));
}
