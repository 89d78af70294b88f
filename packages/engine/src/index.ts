export { createEngine, type EngineOptions } from './create-engine.js';
export type {
  Decoder,
  DecoderItem,
  DecoderOptions,
  Engine,
  OptimizerState,
  OptimizerStepOptions,
  OptimizerStepResult,
  PackedBatch,
  ParameterTensor,
  ScoredGradient,
  ScoredTokens,
  ScoringOptions,
} from './engine.js';
export type { Initialisation } from './initialisation.js';
export { sampleToken, type SampledToken, type SampleOptions } from './sample-token.js';
export { transformerConfig, type TransformerConfig, type TransformerConfigInput } from './transformer-config.js';
