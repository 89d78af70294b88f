import { defineAdvantage } from '@turnwise/core';
import { grpoAdvantages } from './grpo-advantages.js';
import { grpoOptions } from './options.js';

export { grpoOptions, type GrpoOptions } from './options.js';
export { grpoAdvantages } from './grpo-advantages.js';

/** GRPO; with options also Dr.GRPO and RLOO. */
export default defineAdvantage({
  id: 'grpo',
  version: '0.1.0',
  options: grpoOptions,
  create: (_context, options) => ({ estimate: (groups) => grpoAdvantages(groups, options) }),
});
