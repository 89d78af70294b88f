import type { WeightFiles } from './weight-files.js';

/** Throws unless the files have exactly the expected tensors in the expected shapes, but for what is `ignored`. */
export function checkShapes(
  { path, shapes, fileOf }: Pick<WeightFiles, 'path' | 'shapes' | 'fileOf'>,
  expected: ReadonlyMap<string, readonly number[]>,
  ignored: ReadonlySet<string> = new Set(),
): void {
  for (const [name, shape] of expected) {
    const found = shapes.get(name);
    if (!found) throw new Error(`${path}: tensor '${name}': expected ${describe(shape)}, found none`);
    if (describe(found) !== describe(shape)) {
      throw new Error(`${fileOf(name)}: tensor '${name}': expected ${describe(shape)}, found ${describe(found)}`);
    }
  }
  for (const name of shapes.keys()) {
    if (!expected.has(name) && !ignored.has(name)) {
      throw new Error(`${fileOf(name)}: tensor '${name}': the model of config.json has none of this name`);
    }
  }
}

function describe(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
