import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, transformerConfig, writeSafetensors, type Tensor } from '@turnwise/engine';

/** A vocabulary of whole actions; whatever else is read is one unknown word. */
export const words = ['[unk]', '<answer>Tinvek</answer>', '<answer>Dormun</answer>', '<search>Velkar</search>'];

/** A tokenizer.json that splits at white space and knows nothing but the words. */
export const tokenizerJson = JSON.stringify({
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[unk]' },
});

const shape = {
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  attention_bias: false,
  head_dim: 16,
  hidden_act: 'silu',
  hidden_size: 64,
  intermediate_size: 128,
  max_position_embeddings: 1024,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  tie_word_embeddings: false,
  vocab_size: words.length,
  dtype: 'float32',
  torch_dtype: 'float32',
};

/**
 * Writes a Qwen3 model of two layers with random weights, as the Hugging Face hub lays one out: what
 * `policy-transformer` and any Tinker server can both start from. It gives every action about the same chance.
 */
export async function writeTinyModel(folder: string): Promise<void> {
  const config = transformerConfig({
    vocabularySize: shape.vocab_size,
    hiddenSize: shape.hidden_size,
    layerCount: shape.num_hidden_layers,
    headCount: shape.num_attention_heads,
    keyValueHeadCount: shape.num_key_value_heads,
    headSize: shape.head_dim,
    intermediateSize: shape.intermediate_size,
    contextLength: shape.max_position_embeddings,
    ropeTheta: shape.rope_theta,
    rmsNormEpsilon: shape.rms_norm_eps,
    shiftTaps: 0,
    tiedEmbedding: shape.tie_word_embeddings,
    queryKeyNorm: true,
  });
  const engine = createEngine({ config, seed: 1 });
  const tensors = new Map<string, Tensor>();
  for (const { name, shape: dimensions } of engine.parameters())
    tensors.set(name, { shape: dimensions, values: engine.readParameter(name) });
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), { tensors, metadata: { format: 'pt' } });
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  await writeFile(join(folder, 'config.json'), json(shape));
  await writeFile(join(folder, 'tokenizer.json'), tokenizerJson);
  const tokenizer = { tokenizer_class: 'PreTrainedTokenizerFast', unk_token: words[0], model_max_length: 1024 };
  await writeFile(join(folder, 'tokenizer_config.json'), json(tokenizer));
}
