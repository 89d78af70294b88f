import { defineReward, TurnwiseError } from '@turnwise/core';
import { informationGainReward } from './information-gain-reward.js';
import { informationGainOptions } from './options.js';

export { informationGainReward } from './information-gain-reward.js';
export { informationGainOptions, type InformationGainOptions } from './options.js';

/** IGPO's information gain, measured by the policy that is being trained. */
export default defineReward({
  apiVersion: 2,
  id: 'information-gain',
  version: '0.1.0',
  options: informationGainOptions,
  requires: ['policy.scores'],
  provides: ['reward.turns'],
  create: async ({ scorer }, options) => {
    if (scorer === undefined) {
      throw new TurnwiseError(
        'PLUGIN_CAPABILITY_MISSING',
        'reward information-gain needs a core that offers a scorer.',
        {
          hint: 'Upgrade @turnwise/core.',
        },
      );
    }
    const policy = await scorer();
    return { shape: (group, { signal }) => informationGainReward(group, options, policy, signal) };
  },
});
