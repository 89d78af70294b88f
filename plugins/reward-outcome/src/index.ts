import { defineReward } from '@turnwise/core';
import { outcomeOptions } from './options.js';
import { outcomeReward } from './outcome-reward.js';

export { outcomeOptions, type OutcomeOptions } from './options.js';
export { outcomeReward } from './outcome-reward.js';

/** The final answer's score as reward of every turn. */
export default defineReward({
  apiVersion: 2,
  id: 'outcome',
  version: '0.1.0',
  options: outcomeOptions,
  create: (_context, options) => ({ shape: (group) => outcomeReward(group, options) }),
});
