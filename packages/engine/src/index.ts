/**
 * The embedded transformer: forward, backward, optimiser, sampling, adapters.
 *
 * @module engine
 */
export { loadAdapter, readAdapterConfig, saveAdapter } from './adapter-files.js';
export { ChatFormat, type ChatFormatOptions, type ObservationPlace } from './chat-format.js';
export { compileChatTemplate, type ChatMessage, type ChatTemplate } from './chat-template.js';
export {
  loadCheckpoint,
  loadOptimizer,
  readCheckpointConfig,
  saveCheckpoint,
  saveOptimizer,
  type Checkpoint,
  type LoadOptions,
} from './checkpoint.js';
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
export { EngineUnavailable } from './engine-unavailable.js';
export type { Initialization } from './initialization.js';
export type { RelaxedSimd } from './kernel-modules.js';
export { sampleToken, type SampledToken, type SampleOptions } from './sample-token.js';
export { loraTargets, type LoraConfig, type LoraTarget } from './lora.js';
export { estimateMemory, type MemoryEstimate, type MemoryPart, type MemoryWorkload } from './memory-estimate.js';
export { openEngine, type EngineChoice, type OpenEngineOptions } from './open-engine.js';
export type { ModelDocuments } from './model-documents.js';
export type { RopeScaling } from './rope-frequencies.js';
export { readSafetensors, writeSafetensors, type Tensor, type TensorFile } from './safetensors.js';
export { loadTokenizer, type Tokenizer, type TokenizerJson } from './tokenizer.js';
export { transformerConfig, type TransformerConfig, type TransformerConfigInput } from './transformer-config.js';
