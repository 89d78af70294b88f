import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSafetensors, type OpenTensorFile } from './safetensors.js';

/** The tensors of a checkpoint, in one file or in several. */
export interface WeightFiles extends AsyncDisposable {
  /** What to name in errors: `model.safetensors` or the index, with its folder. */
  readonly path: string;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The file that holds a tensor, for errors; the index itself for one that none holds. */
  fileOf(name: string): string;
  read(name: string): Promise<Float32Array>;
}

/**
 * Opens `model.safetensors`, or the shards that `model.safetensors.index.json` lists. Every shard's header and length
 * are checked here, before anything is computed or allocated. Throws an Error that names the file.
 */
export async function openWeights(folder: string): Promise<WeightFiles> {
  const single = join(folder, 'model.safetensors');
  const index = join(folder, 'model.safetensors.index.json');
  if (!existsSync(single) && existsSync(index)) return openShards(folder, index);
  if (!existsSync(single)) {
    const pickled =
      existsSync(join(folder, 'pytorch_model.bin')) || existsSync(`${join(folder, 'pytorch_model.bin')}.index.json`);
    throw new Error(
      `${folder}: neither model.safetensors nor model.safetensors.index.json is there` +
        (pickled ? '; pytorch_model.bin is not read: save the model with transformers as safetensors' : ''),
    );
  }
  const file = await openSafetensors(single);
  return {
    path: single,
    shapes: file.shapes,
    fileOf: () => single,
    read: (name) => file.read(name),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

async function openShards(folder: string, index: string): Promise<WeightFiles> {
  const places = await readIndex(index);
  const files = new Map<string, OpenTensorFile>();
  const close = async (): Promise<void> => {
    for (const file of files.values()) await file[Symbol.asyncDispose]();
  };
  try {
    const shapes = new Map<string, readonly number[]>();
    for (const [name, shard] of places) {
      const path = join(folder, shard);
      if (!existsSync(path)) throw new Error(`${path}: a shard that ${index} lists is missing: download it again`);
      const file = files.get(shard) ?? (await openSafetensors(path));
      files.set(shard, file);
      const shape = file.shapes.get(name);
      if (!shape) throw new Error(`${path}: tensor '${name}': ${index} says it is here, found none`);
      shapes.set(name, shape);
    }
    return {
      path: index,
      shapes,
      fileOf: (name) => join(folder, places.get(name) ?? 'model.safetensors.index.json'),
      read: (name) => {
        const file = files.get(places.get(name) ?? '');
        if (!file) throw new Error(`${index}: tensor '${name}': no shard holds it`);
        return file.read(name);
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Which shard holds each tensor. */
async function readIndex(index: string): Promise<Map<string, string>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(index, 'utf8'));
  } catch (error) {
    throw new Error(`${index}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const map: unknown = (json as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null) throw new Error(`${index}: expected an object 'weight_map'`);
  const entries = Object.entries(map).map(([name, shard]): [string, string] => {
    // A shard lies beside its index; anything else would let a downloaded file name any file of this machine.
    if (typeof shard !== 'string' || /[\\/]/u.test(shard)) {
      throw new Error(`${index}: weight_map.${name}: expected the name of a file, found ${JSON.stringify(shard)}`);
    }
    return [name, shard];
  });
  return new Map(entries);
}
