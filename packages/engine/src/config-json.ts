import { ropeFromJson, ropeScalingToJson } from './rope-json.js';
import { transformerConfig, type TransformerConfig } from './transformer-config.js';

/** Architectures whose `config.json` is understood; `turnwise` is Llama with shift taps, and ours. */
const families = ['turnwise', 'llama', 'qwen2', 'qwen3'] as const;
type Family = (typeof families)[number];

export type ConfigJson = Readonly<Record<string, unknown>>;

/** The content of `config.json` for a model made here. What is as in a plain Llama with tied embedding is left out. */
export function configToJson(config: TransformerConfig): Record<string, unknown> {
  const plain = config.headSize * config.headCount === config.hiddenSize;
  return {
    architectures: ['TurnwiseForCausalLM'],
    model_type: 'turnwise',
    vocab_size: config.vocabularySize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layerCount,
    num_attention_heads: config.headCount,
    num_key_value_heads: config.keyValueHeadCount,
    ...(plain ? {} : { head_dim: config.headSize }),
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.contextLength,
    rope_theta: config.ropeTheta,
    rms_norm_eps: config.rmsNormEpsilon,
    shift_taps: config.shiftTaps,
    hidden_act: 'silu',
    tie_word_embeddings: config.tiedEmbedding,
    attention_bias: config.queryKeyValueBias,
    ...(config.attentionOutBias === config.queryKeyValueBias ? {} : { attention_out_bias: config.attentionOutBias }),
    mlp_bias: config.feedForwardBias,
    ...(config.queryKeyNorm ? { query_key_norm: true } : {}),
    rope_scaling: ropeScalingToJson(config.ropeScaling),
    torch_dtype: 'float32',
  };
}

/**
 * Reads `config.json`, ours or Hugging Face's of a Llama, Qwen2 or Qwen3 model, old (`rope_theta`, `rope_scaling`) or
 * new (`rope_parameters`). What is missing is what transformers takes it to be. Throws an Error that names the key,
 * what is expected and what was found; what this engine does not compute is refused, never ignored.
 */
export function configFromJson(json: ConfigJson): TransformerConfig {
  const family = familyOf(json);
  refuseOtherModels(json);
  const number = (key: string, otherwise?: number): number => {
    const value = json[key] ?? otherwise;
    if (typeof value !== 'number') throw new Error(`${key}: expected a number, found ${JSON.stringify(value)}`);
    return value;
  };
  const flag = (key: string, otherwise: boolean): boolean => {
    const value = json[key] ?? otherwise;
    if (typeof value !== 'boolean') throw new Error(`${key}: expected true or false, found ${JSON.stringify(value)}`);
    return value;
  };
  const attentionBias = family === 'qwen2' || flag('attention_bias', false);
  const headCount = number('num_attention_heads');
  const hiddenSize = number('hidden_size');
  return transformerConfig({
    vocabularySize: number('vocab_size'),
    hiddenSize,
    layerCount: number('num_hidden_layers'),
    headCount,
    keyValueHeadCount: number('num_key_value_heads', headCount),
    // Qwen3's configuration class has 128 where the file is silent.
    headSize: number('head_dim', family === 'qwen3' ? 128 : hiddenSize / headCount),
    intermediateSize: number('intermediate_size'),
    contextLength: number('max_position_embeddings'),
    rmsNormEpsilon: number('rms_norm_eps'),
    shiftTaps: family === 'turnwise' ? number('shift_taps', 0) : 0,
    tiedEmbedding: flag('tie_word_embeddings', family === 'turnwise'),
    queryKeyValueBias: attentionBias,
    attentionOutBias:
      family === 'turnwise' ? flag('attention_out_bias', attentionBias) : family !== 'qwen2' && attentionBias,
    feedForwardBias: family === 'llama' || family === 'turnwise' ? flag('mlp_bias', false) : false,
    queryKeyNorm: family === 'qwen3' || (family === 'turnwise' && flag('query_key_norm', false)),
    ...ropeFromJson(json),
  });
}

function familyOf({ model_type: type }: ConfigJson): Family {
  const family = families.find((known) => known === (type ?? 'turnwise'));
  if (!family) {
    throw new Error(
      `model_type: expected ${families.join(', ')}, found ${JSON.stringify(type)}: not an architecture this engine computes`,
    );
  }
  return family;
}

function refuseOtherModels(json: ConfigJson): void {
  const expect = (key: string, expected: unknown, why: string): void => {
    const found = json[key];
    if (found === undefined || found === null || found === expected) return;
    throw new Error(`${key}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}: ${why}`);
  };
  expect('hidden_act', 'silu', 'the feed-forward layers are SwiGLU');
  expect('use_sliding_window', false, 'attention always sees the whole sequence');
  expect('quantization_config', null, 'weights must be float32, bfloat16 or float16');
  expect('partial_rotary_factor', 1, 'every lane of a head is rotated');
  const layers = json.layer_types;
  if (Array.isArray(layers)) {
    const other: unknown = layers.find((layer) => layer !== 'full_attention');
    if (other !== undefined) {
      throw new Error(`layer_types: expected "full_attention" in every layer, found ${JSON.stringify(other)}`);
    }
  }
}
