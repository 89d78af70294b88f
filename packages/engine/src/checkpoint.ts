import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configFromJson, configToJson } from './config-json.js';
import { createEngine, type EngineOptions } from './create-engine.js';
import type { Engine } from './engine.js';
import { readSafetensors, writeSafetensors, type Tensor, type TensorFile } from './safetensors.js';
import { loadTokenizer, type Tokenizer } from './tokenizer.js';
import { writeFileAtomically } from './write-file-atomically.js';

/** A model and the tokenizer its token ids belong to. */
export interface Checkpoint {
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
}

/**
 * Writes `model.safetensors` (float32, Hugging Face names, plus `model.shift_taps.weight`), `config.json` and
 * `tokenizer.json` into an existing folder. Each file appears whole or not at all, the weights last.
 */
export async function saveCheckpoint(folder: string, { engine, tokenizer }: Checkpoint): Promise<void> {
  await writeJson(join(folder, 'tokenizer.json'), tokenizer.json);
  await writeJson(join(folder, 'config.json'), configToJson(engine.config));
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of engine.parameters()) tensors.set(name, { shape, values: engine.readParameter(name) });
  await writeSafetensors(join(folder, 'model.safetensors'), { tensors, metadata: { format: 'pt' } });
}

/**
 * Reads what `saveCheckpoint` wrote, or any Llama-like checkpoint within the family (tied embedding, no biases; float32,
 * bfloat16 or float16 weights in one file). Throws an Error that names the file and what is wrong in it.
 */
export async function loadCheckpoint(
  folder: string,
  options: Pick<EngineOptions, 'engine' | 'memoryLimitBytes'> = {},
): Promise<Checkpoint> {
  const configPath = join(folder, 'config.json');
  const config = await readConfig(configPath);
  const tokenizerPath = join(folder, 'tokenizer.json');
  const tokenizer = loadTokenizer(tokenizerPath);
  if (tokenizer.vocabularySize > config.vocabularySize) {
    throw new Error(
      `${tokenizerPath}: has ${tokenizer.vocabularySize} tokens, but config.json a vocab_size of ${config.vocabularySize}`,
    );
  }
  const modelPath = join(folder, 'model.safetensors');
  const file = await readSafetensors(modelPath);
  const engine = createEngine({ config, seed: 0, ...options });
  const shapes = new Map(engine.parameters().map(({ name, shape }) => [name, shape]));
  checkTensors(modelPath, file, shapes);
  for (const [name, { values }] of file.tensors) engine.writeParameter(name, values);
  return { engine, tokenizer };
}

/** Writes `optimizer.safetensors`: AdamW's moments, and the step count as metadata. */
export async function saveOptimizer(folder: string, engine: Engine): Promise<void> {
  const { step, moments } = engine.optimizerState();
  const shapes = momentShapes(engine);
  const tensors = new Map<string, Tensor>();
  for (const [name, values] of moments) tensors.set(name, { shape: shapes.get(name) ?? [values.length], values });
  await writeSafetensors(join(folder, 'optimizer.safetensors'), { tensors, metadata: { step: String(step) } });
}

/** Restores what `saveOptimizer` wrote. Throws an Error, changing nothing, when the file does not fit the model. */
export async function loadOptimizer(folder: string, engine: Engine): Promise<void> {
  const path = join(folder, 'optimizer.safetensors');
  const file = await readSafetensors(path);
  const step = Number(file.metadata.step);
  if (!Number.isInteger(step) || step < 0) {
    throw new Error(`${path}: expected a whole number as metadata 'step', found ${JSON.stringify(file.metadata.step)}`);
  }
  checkTensors(path, file, momentShapes(engine));
  engine.restoreOptimizer({
    step,
    moments: new Map([...file.tensors].map(([name, { values }]) => [name, values])),
  });
}

function momentShapes(engine: Engine): Map<string, readonly number[]> {
  const shapes = new Map(engine.parameters().map(({ name, shape }) => [name, shape]));
  const parameterOf = (moment: string): string => moment.slice(moment.indexOf('.') + 1);
  return new Map(
    [...engine.optimizerState().moments.keys()].map((name) => [name, shapes.get(parameterOf(name)) ?? []]),
  );
}

/** Throws unless the file has exactly the expected tensors in the expected shapes. */
function checkTensors(path: string, file: TensorFile, expected: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, shape] of expected) {
    const found = file.tensors.get(name);
    if (!found) throw new Error(`${path}: tensor '${name}': expected ${describe(shape)}, found none`);
    if (describe(found.shape) !== describe(shape)) {
      throw new Error(`${path}: tensor '${name}': expected ${describe(shape)}, found ${describe(found.shape)}`);
    }
  }
  for (const name of file.tensors.keys()) {
    if (!expected.has(name))
      throw new Error(`${path}: tensor '${name}': the model of config.json has none of this name`);
  }
}

function describe(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

async function readConfig(path: string): Promise<ReturnType<typeof configFromJson>> {
  const text = await readFile(path, 'utf8');
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('expected a JSON object');
    return configFromJson(json as Record<string, unknown>);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, [`${JSON.stringify(value, null, 2)}\n`]);
}
