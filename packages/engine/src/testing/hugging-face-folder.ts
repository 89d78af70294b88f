import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configFromJson } from '../config-json.js';
import { createEngine } from '../create-engine.js';
import type { Engine } from '../engine.js';
import { normalStream } from '../random-normal.js';
import { writeSafetensors, type Tensor, type TensorType } from '../safetensors.js';
import { letterTokenizerJson } from './letter-tokenizer.js';

/** What transformers writes for tiny models of the three families. */
export const tinyConfigs = {
  llama: {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    attention_bias: true,
    mlp_bias: true,
    head_dim: 16,
    hidden_act: 'silu',
    hidden_size: 24,
    intermediate_size: 44,
    max_position_embeddings: 64,
    num_attention_heads: 2,
    num_hidden_layers: 2,
    num_key_value_heads: 1,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    rope_scaling: {
      rope_type: 'llama3',
      factor: 4,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 16,
    },
    tie_word_embeddings: false,
    vocab_size: 33,
    eos_token_id: 1,
    torch_dtype: 'bfloat16',
  },
  qwen2: {
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    hidden_act: 'silu',
    hidden_size: 32,
    intermediate_size: 44,
    max_position_embeddings: 64,
    num_attention_heads: 4,
    num_hidden_layers: 2,
    num_key_value_heads: 2,
    rms_norm_eps: 1e-6,
    rope_theta: 1_000_000,
    sliding_window: 64,
    use_sliding_window: false,
    tie_word_embeddings: true,
    vocab_size: 33,
    eos_token_id: [1, 0],
    torch_dtype: 'bfloat16',
  },
  qwen3: {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    attention_bias: false,
    head_dim: 16,
    hidden_act: 'silu',
    hidden_size: 24,
    intermediate_size: 40,
    max_position_embeddings: 64,
    num_attention_heads: 2,
    num_hidden_layers: 2,
    num_key_value_heads: 1,
    rms_norm_eps: 1e-6,
    rope_parameters: { rope_theta: 1_000_000, rope_type: 'default' },
    tie_word_embeddings: true,
    vocab_size: 33,
    dtype: 'float32',
  },
} as const;

interface FolderOptions {
  readonly type?: TensorType;
  /** Files the tensors are dealt to in turn; 1 writes `model.safetensors`. */
  readonly shards?: number;
  readonly seed?: number;
}

/** Writes a folder as transformers lays it out, with random weights, and returns an engine that has them as float32. */
export async function writeHuggingFaceFolder(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  { type = 'F32', shards = 1, seed = 1 }: FolderOptions = {},
): Promise<Engine> {
  const engine = createEngine({ config: configFromJson(config), seed });
  for (const { name } of engine.parameters()) {
    const normal = normalStream(seed, name);
    // Biases and norms away from their start, so that one that is forgotten shows.
    const spread = /norm\.weight$|\.bias$/u.test(name) ? 0.3 : 0;
    engine.writeParameter(
      name,
      engine.readParameter(name).map((value) => value + spread * normal()),
    );
  }
  const files = Array.from({ length: shards }, () => new Map<string, Tensor>());
  const fileName = (shard: number): string =>
    shards === 1 ? 'model.safetensors' : `model-0000${shard + 1}-of-0000${shards}.safetensors`;
  const weightMap: Record<string, string> = {};
  engine.parameters().forEach(({ name, shape }, i) => {
    files[i % shards]?.set(name, { shape, values: engine.readParameter(name) });
    weightMap[name] = fileName(i % shards);
  });
  for (const [shard, tensors] of files.entries()) {
    await writeSafetensors(join(folder, fileName(shard)), { tensors, metadata: { format: 'pt' } }, type);
  }
  if (shards > 1) await writeJson(folder, 'model.safetensors.index.json', { metadata: {}, weight_map: weightMap });
  await writeJson(folder, 'config.json', config);
  await writeJson(folder, 'tokenizer.json', letterTokenizerJson());
  return engine;
}

export async function writeJson(folder: string, file: string, value: unknown): Promise<void> {
  await writeFile(join(folder, file), `${JSON.stringify(value)}\n`);
}
