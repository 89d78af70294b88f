import { defineAdvantage } from '@turnwise/core';
import { explainGrpo } from './explain-grpo.js';
import { grpoAdvantages } from './grpo-advantages.js';
import { grpoOptions } from './options.js';

export { grpoOptions, type GrpoOptions } from './options.js';
export { grpoAdvantages } from './grpo-advantages.js';

/** GRPO; with options also Dr.GRPO and RLOO. */
export default defineAdvantage({
  id: 'grpo',
  version: '0.1.0',
  options: grpoOptions,
  create: (_context, options) => ({
    estimate: (groups) => grpoAdvantages(groups, options),
    explain: (groups) => explainGrpo(groups, options),
  }),
});
