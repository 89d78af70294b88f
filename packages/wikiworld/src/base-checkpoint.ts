import { fileURLToPath } from 'node:url';

/**
 * Folder of the base checkpoint that ships with this package: `model.safetensors`, `config.json`, `tokenizer.json` and
 * `recipe.json`. The same from `src/` and from `dist/`.
 */
export function baseCheckpointFolder(): string {
  return fileURLToPath(new URL('../checkpoints/base', import.meta.url));
}
