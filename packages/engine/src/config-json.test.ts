import { expect, test } from '@jest/globals';
import { configFromJson, configToJson } from './config-json.js';
import { smallConfig } from './testing/small-models.js';

/** What transformers 4 writes for Qwen2.5-0.5B, less what does not concern the model. */
const qwen2 = {
  architectures: ['Qwen2ForCausalLM'],
  hidden_act: 'silu',
  hidden_size: 896,
  intermediate_size: 4864,
  max_position_embeddings: 32768,
  max_window_layers: 24,
  model_type: 'qwen2',
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 32768,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  use_sliding_window: false,
  vocab_size: 151936,
};
const llama = { ...qwen2, model_type: 'llama', tie_word_embeddings: undefined, head_dim: 32 };
const llama3 = {
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
  rope_type: 'llama3',
};

test('the shapes of known models', () => {
  expect(configFromJson(qwen2)).toEqual({
    vocabularySize: 151936,
    hiddenSize: 896,
    layerCount: 24,
    headCount: 14,
    keyValueHeadCount: 2,
    headSize: 64,
    intermediateSize: 4864,
    contextLength: 32768,
    ropeTheta: 1e6,
    ropeScaling: null,
    rmsNormEpsilon: 1e-6,
    shiftTaps: 0,
    tiedEmbedding: true,
    queryKeyValueBias: true,
    attentionOutBias: false,
    feedForwardBias: false,
    queryKeyNorm: false,
  });
  expect(configFromJson({ ...llama, attention_bias: true, mlp_bias: true, rope_scaling: llama3 })).toMatchObject({
    headSize: 32,
    tiedEmbedding: false,
    queryKeyValueBias: true,
    attentionOutBias: true,
    feedForwardBias: true,
    ropeScaling: { kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4 },
  });
  expect(configFromJson({ ...qwen2, model_type: 'qwen3' })).toMatchObject({
    headSize: 128,
    queryKeyNorm: true,
    queryKeyValueBias: false,
  });
});

test('transformers 5 keeps all of the rotary positions in rope_parameters', () => {
  const json = { ...llama, rope_theta: undefined, rope_parameters: { ...llama3, rope_theta: 5e5 } };
  expect(configFromJson(json)).toMatchObject({
    ropeTheta: 5e5,
    ropeScaling: { kind: 'llama3', originalContextLength: 8192 },
  });
  const plain = { ...llama, rope_theta: undefined, rope_parameters: { rope_type: 'default', rope_theta: 20 } };
  expect(configFromJson(plain)).toMatchObject({ ropeTheta: 20, ropeScaling: null });
});

test.each([
  {},
  { shiftTaps: 0, tiedEmbedding: false, queryKeyNorm: true, headSize: 16 },
  { queryKeyValueBias: true, feedForwardBias: true, ropeScaling: { kind: 'linear', factor: 2 } as const },
  { attentionOutBias: true },
  { queryKeyValueBias: true, attentionOutBias: true },
])('what is written is read back: %j', (changes) => {
  const config = smallConfig(changes);
  expect(configFromJson(JSON.parse(JSON.stringify(configToJson(config))) as Record<string, unknown>)).toEqual(config);
});

test.each<[Record<string, unknown>, string]>([
  [{ model_type: 'gemma3' }, 'model_type: expected turnwise, llama, qwen2, qwen3, found "gemma3"'],
  [{ hidden_act: 'gelu' }, 'hidden_act: expected "silu", found "gelu"'],
  [{ use_sliding_window: true }, 'use_sliding_window: expected false, found true'],
  [{ layer_types: ['full_attention', 'sliding_attention'] }, 'found "sliding_attention"'],
  [{ rope_scaling: { rope_type: 'yarn', factor: 4 } }, 'rope_scaling.rope_type: expected default, linear or llama3'],
  [{ rope_scaling: { type: 'dynamic', factor: 4 } }, 'found "dynamic"'],
  [{ rope_scaling: { type: 'linear' } }, 'rope_scaling.factor: expected a number'],
  [{ rope_scaling: 'linear' }, 'rope_scaling: expected an object or null'],
  [{ quantization_config: { bits: 4 } }, 'quantization_config: expected null'],
  [{ attention_bias: 'yes', model_type: 'llama' }, 'attention_bias: expected true or false, found "yes"'],
  [{ rms_norm_eps: undefined }, 'rms_norm_eps: expected a number'],
  [{ hidden_size: 20 }, 'config.headSize'],
])('%j is refused', (changes, message) => {
  expect(() => configFromJson({ ...qwen2, ...changes })).toThrow(message);
});
