import { defineReward } from '@turnwise/core';
import { firstOccurrenceLatentReward } from './latent-reward.js';
import { folrOptions } from './options.js';

export { folrOptions, type FolrOptions } from './options.js';
export { firstOccurrenceLatentReward } from './latent-reward.js';

/** The First-Occurrence Latent Reward of TSPO. */
export default defineReward({
  apiVersion: 2,
  id: 'folr',
  version: '0.1.0',
  options: folrOptions,
  provides: ['reward.turns', 'reward.first-occurrence'],
  create: (context, options) => {
    if (options.alpha === 1) {
      context.logger.warn('reward folr: alpha 1 pays a wrong trajectory that saw gold like a right one', { alpha: 1 });
    }
    return { shape: (group) => firstOccurrenceLatentReward(group, options) };
  },
});
