import { validateConfig, type TransformerConfig } from './transformer-config.js';

/** Our name for each number, and Hugging Face's key for it (`shift_taps` is ours). */
const keys: Readonly<Record<keyof TransformerConfig, string>> = {
  vocabularySize: 'vocab_size',
  hiddenSize: 'hidden_size',
  layerCount: 'num_hidden_layers',
  headCount: 'num_attention_heads',
  keyValueHeadCount: 'num_key_value_heads',
  intermediateSize: 'intermediate_size',
  contextLength: 'max_position_embeddings',
  ropeTheta: 'rope_theta',
  rmsNormEpsilon: 'rms_norm_eps',
  shiftTaps: 'shift_taps',
};

/** Properties of the model family that are not configurable; a file that says otherwise describes another model. */
const fixed: Readonly<Record<string, unknown>> = {
  hidden_act: 'silu',
  tie_word_embeddings: true,
  attention_bias: false,
  mlp_bias: false,
  rope_scaling: null,
};

/** The content of `config.json`. */
export function configToJson(config: TransformerConfig): Record<string, unknown> {
  const fields = Object.keys(keys) as (keyof TransformerConfig)[];
  const numbers: Record<string, unknown> = Object.fromEntries(fields.map((field) => [keys[field], config[field]]));
  return {
    architectures: ['TurnwiseForCausalLM'],
    model_type: 'turnwise',
    ...numbers,
    ...fixed,
    torch_dtype: 'float32',
  };
}

/**
 * Reads `config.json`. A missing `shift_taps` is 0 and a missing `num_key_value_heads` the number of heads, as in
 * Llama's files. Throws an Error that names the key, what is expected and what was found.
 */
export function configFromJson(json: Readonly<Record<string, unknown>>): TransformerConfig {
  for (const [key, expected] of Object.entries(fixed)) {
    const found = json[key];
    if (found !== undefined && found !== expected) {
      throw new Error(`${key}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
    }
  }
  const optional: Readonly<Record<string, unknown>> = { shift_taps: 0, num_key_value_heads: json.num_attention_heads };
  const entries = Object.entries(keys).map(([field, key]) => {
    const value = json[key] ?? optional[key];
    if (typeof value !== 'number') throw new Error(`${key}: expected a number, found ${JSON.stringify(value)}`);
    return [field, value];
  });
  const config = Object.fromEntries(entries) as unknown as TransformerConfig;
  validateConfig(config);
  return config;
}
