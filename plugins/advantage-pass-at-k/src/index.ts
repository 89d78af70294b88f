import { defineAdvantage } from '@turnwise/core';
import { explainPassAtK } from './explain-pass-at-k.js';
import { passAtKAdvantages } from './pass-at-k-advantages.js';
import { passAtKOptions } from './options.js';

export { passAtKOptions, type PassAtKOptions } from './options.js';
export { passAtKAdvantages } from './pass-at-k-advantages.js';

/** GRPO for pass@k. */
export default defineAdvantage({
  id: 'pass-at-k',
  version: '0.1.0',
  options: passAtKOptions,
  create: (_context, options) => ({
    estimate: (groups) => passAtKAdvantages(groups, options),
    explain: (groups) => explainPassAtK(groups, options),
  }),
});
