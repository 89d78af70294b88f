import { definePolicy } from '@turnwise/core';
import { createTransformerPolicy, estimateTransformerMemory } from './transformer-policy.js';
import { transformerOptions, type TransformerOptions } from './transformer-options.js';

export { createTransformerPolicy, type TransformerOptions };

/** A decoder-only transformer on the embedded engine: sampled from, trained, saved and loaded in this process. */
export default definePolicy<TransformerOptions>({
  id: 'transformer',
  version: '0.1.0',
  options: transformerOptions,
  provides: ['policy.trainable', 'policy.tokenizer', 'policy.scores', 'trajectory.logprobs'],
  estimateMemory: estimateTransformerMemory,
  create: (context, options) => createTransformerPolicy(context, options),
});
