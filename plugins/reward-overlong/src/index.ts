import { defineReward } from '@turnwise/core';
import { overlongOptions } from './options.js';
import { overlongPenalty } from './overlong-penalty.js';

export { overlongOptions, type OverlongOptions } from './options.js';
export { overlongPenalty } from './overlong-penalty.js';

/** DAPO's penalty for trajectories close to the token limit. */
export default defineReward({
  apiVersion: 2,
  id: 'overlong',
  version: '0.1.0',
  options: overlongOptions,
  create: (_context, options) => ({ shape: (group) => overlongPenalty(group, options) }),
});
