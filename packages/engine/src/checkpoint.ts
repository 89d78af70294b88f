import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkShapes } from './check-shapes.js';
import { configFromJson, configToJson, type ConfigJson } from './config-json.js';
import type { Engine } from './engine.js';
import { EngineUnavailable } from './engine-unavailable.js';
import { readModelDocuments, type ModelDocuments } from './model-documents.js';
import { openEngine, type OpenEngineOptions } from './open-engine.js';
import { ParameterLayout } from './parameter-layout.js';
import { readSafetensors, writeSafetensors, type Tensor } from './safetensors.js';
import { loadTokenizer, type Tokenizer } from './tokenizer.js';
import type { TransformerConfig } from './transformer-config.js';
import { openWeights, type WeightFiles } from './weight-files.js';
import { writeFileAtomically } from './write-file-atomically.js';

/** A model and the tokenizer its token ids belong to. */
export interface Checkpoint {
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
  /** What else the folder holds; absent for a model made here, whose `config.json` is then written anew. */
  readonly documents?: ModelDocuments;
}

export interface LoadOptions extends Pick<
  OpenEngineOptions,
  'engine' | 'log' | 'memoryLimitBytes' | 'lora' | 'trainable' | 'recompute' | 'relaxedSimd'
> {
  /** Longest sequence, at most the model's own: shorter costs less memory. Default: the model's. */
  readonly contextLength?: number;
}

/**
 * Writes `model.safetensors` (float32, Hugging Face names, plus `model.shift_taps.weight`), `config.json`,
 * `tokenizer.json` and the model's other documents into an existing folder, which transformers loads when it knows the
 * architecture. Adapters are merged into the weights. Each file appears whole or not at all, the weights last.
 */
export async function saveCheckpoint(folder: string, { engine, tokenizer, documents }: Checkpoint): Promise<void> {
  await writeJson(join(folder, 'tokenizer.json'), tokenizer.json);
  for (const [name, text] of documents?.texts ?? []) await writeFileAtomically(join(folder, name), [text]);
  await writeJson(join(folder, 'config.json'), documents ? asFloat32(documents.config) : configToJson(engine.config));
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of engine.parameters())
    tensors.set(name, { shape, values: engine.readMergedParameter(name) });
  await writeSafetensors(join(folder, 'model.safetensors'), { tensors, metadata: { format: 'pt' } });
}

/** The weights are written as float32, whatever they were read from. */
function asFloat32(config: ConfigJson): ConfigJson {
  const key = config.dtype === undefined ? 'torch_dtype' : 'dtype';
  return { ...config, [key]: 'float32' };
}

/**
 * Reads what `saveCheckpoint` wrote, or a Llama, Qwen2 or Qwen3 model as Hugging Face lays it out: float32, bfloat16 or
 * float16 weights in one file or in shards. Names, shapes and lengths of all tensors are checked before memory for the
 * model is allocated, and tensors are read one by one. Throws an Error that names the file and what is wrong in it.
 */
export async function loadCheckpoint(
  folder: string,
  { contextLength, ...options }: LoadOptions = {},
): Promise<Checkpoint> {
  const configPath = join(folder, 'config.json');
  const json = await readJson(configPath);
  const config = withContext(readConfig(configPath, json), contextLength);
  const tokenizerPath = join(folder, 'tokenizer.json');
  const tokenizer = loadTokenizer(tokenizerPath);
  if (tokenizer.vocabularySize > config.vocabularySize) {
    throw new Error(
      `${tokenizerPath}: has ${tokenizer.vocabularySize} tokens, but config.json a vocab_size of ${config.vocabularySize}`,
    );
  }
  const documents = await readModelDocuments(folder, json, tokenizer);
  await using weights = await openWeights(folder);
  const shapes = new Map([...new ParameterLayout(config).tensors.values()].map(({ name, shape }) => [name, shape]));
  const stray = await strayTensors(weights, config);
  checkShapes(weights, shapes, stray);
  const engine = await openEngine({ config, seed: 0, ...options }).catch((error: unknown) => {
    if (error instanceof EngineUnavailable) throw error;
    throw new Error(`${folder}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  for (const name of shapes.keys()) engine.writeParameter(name, await weights.read(name));
  return { engine, tokenizer, documents };
}

/**
 * The shape of a checkpoint's model, from `config.json` and the headers of its weight files alone: no weight is read.
 * Throws an Error that names the file and what is wrong in it, as `loadCheckpoint` does.
 */
export async function readCheckpointConfig(
  folder: string,
  { contextLength }: Pick<LoadOptions, 'contextLength'> = {},
): Promise<TransformerConfig> {
  const configPath = join(folder, 'config.json');
  const config = withContext(readConfig(configPath, await readJson(configPath)), contextLength);
  await using weights = await openWeights(folder);
  const shapes = new Map([...new ParameterLayout(config).tensors.values()].map(({ name, shape }) => [name, shape]));
  // What may be a second copy of a tied embedding is compared when the weights are read.
  const stray = new Set([...weights.shapes.keys()].filter((name) => !shapes.has(name) && isStrayName(name)));
  checkShapes(weights, shapes, stray);
  return config;
}

function isStrayName(name: string): boolean {
  return name === 'lm_head.weight' || name.endsWith('.rotary_emb.inv_freq');
}

function withContext(config: TransformerConfig, contextLength = config.contextLength): TransformerConfig {
  if (contextLength > config.contextLength) {
    throw new Error(`contextLength ${contextLength} is more than the model's ${config.contextLength}`);
  }
  return { ...config, contextLength };
}

/** Tensors that some files hold and no model needs: old rotary tables, and a second copy of a tied embedding. */
async function strayTensors(weights: WeightFiles, config: TransformerConfig): Promise<Set<string>> {
  const stray = new Set([...weights.shapes.keys()].filter((name) => name.endsWith('.rotary_emb.inv_freq')));
  const [head, embedding] = ['lm_head.weight', 'model.embed_tokens.weight'];
  if (!config.tiedEmbedding || !weights.shapes.has(head) || !weights.shapes.has(embedding)) return stray;
  const [a, b] = [await weights.read(head), await weights.read(embedding)];
  if (Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0) stray.add(head);
  return stray;
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
  const found = new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
  checkShapes({ path, shapes: found, fileOf: () => path }, momentShapes(engine));
  engine.restoreOptimizer({
    step,
    moments: new Map([...file.tensors].map(([name, { values }]) => [name, values])),
  });
}

function momentShapes(engine: Engine): Map<string, readonly number[]> {
  const shapes = new Map(engine.trainedParameters().map(({ name, shape }) => [name, shape]));
  const parameterOf = (moment: string): string => moment.slice(moment.indexOf('.') + 1);
  return new Map(
    [...engine.optimizerState().moments.keys()].map((name) => [name, shapes.get(parameterOf(name)) ?? []]),
  );
}

async function readJson(path: string): Promise<ConfigJson> {
  const text = await readFile(path, 'utf8');
  return naming(path, () => {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('expected a JSON object');
    return json as ConfigJson;
  });
}

function readConfig(path: string, json: ConfigJson): TransformerConfig {
  return naming(path, () => configFromJson(json));
}

function naming<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, [`${JSON.stringify(value, null, 2)}\n`]);
}
