import { defineAdvantage } from '@turnwise/core';
import { explainMtGrpo } from './explain-mt-grpo.js';
import { mtGrpoAdvantages } from './mt-grpo-advantages.js';
import { mtGrpoOptions } from './options.js';

export { mtGrpoOptions, type MtGrpoOptions } from './options.js';
export { mtGrpoAdvantages } from './mt-grpo-advantages.js';

/** MT-GRPO. */
export default defineAdvantage({
  id: 'mt-grpo',
  version: '0.1.0',
  options: mtGrpoOptions,
  create: (_context, options) => ({
    estimate: (groups) => mtGrpoAdvantages(groups, options),
    explain: (groups) => explainMtGrpo(groups, options),
  }),
});
