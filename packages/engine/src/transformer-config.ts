import { validateRopeScaling, type RopeScaling } from './rope-frequencies.js';

/** Shape of a decoder-only transformer with RMSNorm, RoPE and SwiGLU: the family of Llama, Qwen2 and Qwen3. */
export interface TransformerConfig {
  readonly vocabularySize: number;
  /** Width of the residual stream, a multiple of 8. */
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  /** Divides headCount; fewer key-value heads than heads is grouped-query attention. */
  readonly keyValueHeadCount: number;
  /** Width of a head, a multiple of 8; headCount times it need not be hiddenSize. */
  readonly headSize: number;
  readonly intermediateSize: number;
  /** Longest sequence, in tokens. */
  readonly contextLength: number;
  readonly ropeTheta: number;
  /** null: positions as they are. */
  readonly ropeScaling: RopeScaling | null;
  readonly rmsNormEpsilon: number;
  /** Preceding tokens whose embeddings are mixed into a token's input by learned weights; 0 is a plain transformer. */
  readonly shiftTaps: number;
  /** Whether the output head is the embedding; otherwise it is a matrix of its own, `lm_head.weight`. */
  readonly tiedEmbedding: boolean;
  /** Biases of the query, key and value projections (Qwen2). */
  readonly queryKeyValueBias: boolean;
  /** Bias of the projection out of attention (Llama's `attention_bias` has both). */
  readonly attentionOutBias: boolean;
  /** Biases of the gate, up and down projections (Llama's `mlp_bias`). */
  readonly feedForwardBias: boolean;
  /** RMSNorm of each query and key head before the rotation (Qwen3). */
  readonly queryKeyNorm: boolean;
}

/** The part of a configuration worth spelling out; `transformerConfig` fills in the rest. */
export type TransformerConfigInput = Pick<TransformerConfig, 'vocabularySize'> & Partial<TransformerConfig>;

/** Completes a configuration; by default the small policy (width 64, 2 layers, 4 heads) that a core trains in minutes. */
export function transformerConfig(input: TransformerConfigInput): TransformerConfig {
  const headCount = input.headCount ?? 4;
  const hiddenSize = input.hiddenSize ?? 64;
  const config: TransformerConfig = {
    vocabularySize: input.vocabularySize,
    hiddenSize,
    layerCount: input.layerCount ?? 2,
    headCount,
    keyValueHeadCount: input.keyValueHeadCount ?? headCount,
    headSize: input.headSize ?? hiddenSize / headCount,
    intermediateSize: input.intermediateSize ?? Math.ceil((hiddenSize * 8) / 3 / 8) * 8,
    contextLength: input.contextLength ?? 512,
    ropeTheta: input.ropeTheta ?? 10_000,
    ropeScaling: input.ropeScaling ?? null,
    rmsNormEpsilon: input.rmsNormEpsilon ?? 1e-5,
    shiftTaps: input.shiftTaps ?? 3,
    tiedEmbedding: input.tiedEmbedding ?? true,
    queryKeyValueBias: input.queryKeyValueBias ?? false,
    attentionOutBias: input.attentionOutBias ?? false,
    feedForwardBias: input.feedForwardBias ?? false,
    queryKeyNorm: input.queryKeyNorm ?? false,
  };
  validateConfig(config);
  return config;
}

/** Throws an Error that names the field, its value and what is allowed. */
export function validateConfig(config: TransformerConfig): void {
  const whole = (field: keyof TransformerConfig, least: number, most: number): void => {
    const value = config[field];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw new Error(`config.${field} must be a whole number from ${least} to ${most}, got ${JSON.stringify(value)}`);
    }
  };
  whole('vocabularySize', 2, 1 << 20);
  whole('hiddenSize', 8, 1 << 14);
  whole('layerCount', 1, 256);
  whole('headCount', 1, 1024);
  whole('keyValueHeadCount', 1, 1024);
  whole('intermediateSize', 1, 1 << 16);
  whole('contextLength', 2, 1 << 20);
  whole('shiftTaps', 0, 64);
  const { hiddenSize, headSize, headCount, keyValueHeadCount, ropeTheta, rmsNormEpsilon, ropeScaling } = config;
  if (headSize % 8 !== 0) {
    throw new Error(
      `config.headSize (hiddenSize / headCount unless given) must be a multiple of 8 (the SIMD kernels work on 8 lanes), ` +
        `got ${headSize} with hiddenSize ${hiddenSize} and headCount ${headCount}`,
    );
  }
  if (hiddenSize % 8 !== 0) throw new Error(`config.hiddenSize must be a multiple of 8, got ${hiddenSize}`);
  if (headCount % keyValueHeadCount !== 0) {
    throw new Error(`config.keyValueHeadCount must divide headCount ${headCount}, got ${keyValueHeadCount}`);
  }
  if (!(ropeTheta > 0 && Number.isFinite(ropeTheta))) {
    throw new Error(`config.ropeTheta must be a positive number, got ${ropeTheta}`);
  }
  if (ropeScaling !== null) validateRopeScaling(ropeScaling);
  if (!(rmsNormEpsilon > 0 && rmsNormEpsilon < 1)) {
    throw new Error(`config.rmsNormEpsilon must be above 0 and below 1, got ${rmsNormEpsilon}`);
  }
}
