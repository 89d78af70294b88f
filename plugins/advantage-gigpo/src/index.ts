import { defineAdvantage } from '@turnwise/core';
import { explainGigpo } from './explain-gigpo.js';
import { gigpoAdvantages } from './gigpo-advantages.js';
import { gigpoOptions } from './options.js';

export { gigpoOptions, type GigpoOptions } from './options.js';
export { gigpoAdvantages } from './gigpo-advantages.js';

/** GiGPO. */
export default defineAdvantage({
  id: 'gigpo',
  version: '0.1.0',
  options: gigpoOptions,
  create: (_context, options) => ({
    estimate: (groups) => gigpoAdvantages(groups, options),
    explain: (groups) => explainGigpo(groups, options),
  }),
});
