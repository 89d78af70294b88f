/** Shape of a decoder-only transformer with RMSNorm, RoPE, SwiGLU, tied embedding and shift taps. */
export interface TransformerConfig {
  readonly vocabularySize: number;
  /** Width of the residual stream: headCount times a head size that is a multiple of 8. */
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  /** Divides headCount; fewer key-value heads than heads is grouped-query attention. */
  readonly keyValueHeadCount: number;
  readonly intermediateSize: number;
  /** Longest sequence, in tokens. */
  readonly contextLength: number;
  readonly ropeTheta: number;
  readonly rmsNormEpsilon: number;
  /** Preceding tokens whose embeddings are mixed into a token's input by learned weights; 0 is a plain transformer. */
  readonly shiftTaps: number;
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
    intermediateSize: input.intermediateSize ?? Math.ceil((hiddenSize * 8) / 3 / 8) * 8,
    contextLength: input.contextLength ?? 512,
    ropeTheta: input.ropeTheta ?? 10_000,
    rmsNormEpsilon: input.rmsNormEpsilon ?? 1e-5,
    shiftTaps: input.shiftTaps ?? 3,
  };
  validateConfig(config);
  return config;
}

/** Throws an Error that names the field, its value and what is allowed. */
export function validateConfig(config: TransformerConfig): void {
  const whole = (field: keyof TransformerConfig, least: number, most: number): void => {
    const value = config[field];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new Error(`config.${field} must be a whole number from ${least} to ${most}, got ${value}`);
    }
  };
  whole('vocabularySize', 2, 1 << 20);
  whole('hiddenSize', 8, 1 << 14);
  whole('layerCount', 1, 256);
  whole('headCount', 1, 1024);
  whole('keyValueHeadCount', 1, 1024);
  whole('intermediateSize', 1, 1 << 16);
  whole('contextLength', 2, 1 << 16);
  whole('shiftTaps', 0, 64);
  const { hiddenSize, headCount, keyValueHeadCount, ropeTheta, rmsNormEpsilon } = config;
  if (hiddenSize % (headCount * 8) !== 0) {
    throw new Error(
      `config.hiddenSize must be headCount times a multiple of 8 (the SIMD kernels work on 8 lanes), ` +
        `got hiddenSize ${hiddenSize} with headCount ${headCount}`,
    );
  }
  if (headCount % keyValueHeadCount !== 0) {
    throw new Error(`config.keyValueHeadCount must divide headCount ${headCount}, got ${keyValueHeadCount}`);
  }
  if (!(ropeTheta > 0 && Number.isFinite(ropeTheta))) {
    throw new Error(`config.ropeTheta must be a positive number, got ${ropeTheta}`);
  }
  if (!(rmsNormEpsilon > 0 && rmsNormEpsilon < 1)) {
    throw new Error(`config.rmsNormEpsilon must be above 0 and below 1, got ${rmsNormEpsilon}`);
  }
}
