import { defineAdvantage } from '@turnwise/core';
import { explainOpo } from './explain-opo.js';
import { opoAdvantages } from './opo-advantages.js';
import { opoOptions } from './options.js';

export { opoOptions, type OpoOptions } from './options.js';
export { opoAdvantages } from './opo-advantages.js';

/** OPO. */
export default defineAdvantage({
  id: 'opo',
  version: '0.1.0',
  options: opoOptions,
  create: (_context, options) => ({
    estimate: (groups) => opoAdvantages(groups, options),
    explain: (groups) => explainOpo(groups),
  }),
});
