import { defineAdvantage } from '@turnwise/core';
import { explainReinforcePlusPlus } from './explain-reinforce-plus-plus.js';
import { reinforcePlusPlusAdvantages } from './reinforce-plus-plus-advantages.js';
import { reinforcePlusPlusOptions } from './options.js';

export { reinforcePlusPlusOptions, type ReinforcePlusPlusOptions } from './options.js';
export { reinforcePlusPlusAdvantages } from './reinforce-plus-plus-advantages.js';

/** REINFORCE++ and REINFORCE++-baseline. */
export default defineAdvantage({
  id: 'reinforce-plus-plus',
  version: '0.1.0',
  options: reinforcePlusPlusOptions,
  create: (_context, options) => ({
    estimate: (groups) => reinforcePlusPlusAdvantages(groups, options),
    explain: (groups) => explainReinforcePlusPlus(groups, options),
  }),
});
