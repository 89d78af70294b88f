import { definePolicy } from '@turnwise/core';
import { createTinkerPolicy } from './tinker-policy.js';
import { tinkerOptions, type TinkerOptions } from './tinker-options.js';

export { createTinkerPolicy, TinkerPolicy, type TinkerContext } from './tinker-policy.js';
export { serverProfiles, type ServerName, type ServerProfile } from './server-profile.js';
export { tinkerOptions, type TinkerOptions };

/** A model on a server that speaks the Tinker REST API: SkyRL's, the hosted service, others. */
export default definePolicy<TinkerOptions>({
  id: 'tinker',
  version: '0.1.0',
  options: tinkerOptions,
  provides: ['policy.trainable', 'policy.tokenizer', 'trajectory.logprobs'],
  // Sampling batches differ from run to run on a server that serves many.
  deterministic: false,
  create: (context, options) => createTinkerPolicy(context, options),
});
