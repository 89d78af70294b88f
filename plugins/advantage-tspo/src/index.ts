import { defineAdvantage } from '@turnwise/core';
import { explainTspo } from './explain-tspo.js';
import { tspoOptions } from './options.js';
import { tspoAdvantages } from './tspo-advantages.js';

export { tspoOptions, type TspoOptions } from './options.js';
export { tspoAdvantages } from './tspo-advantages.js';

/** TSPO: turn-level or trajectory-level advantages by group composition. */
export default defineAdvantage({
  id: 'tspo',
  version: '0.1.0',
  options: tspoOptions,
  create: (_context, options) => ({
    estimate: (groups) => tspoAdvantages(groups, options),
    explain: (groups) => explainTspo(groups, options),
  }),
});
