import { defineAdvantage } from '@turnwise/core';
import { explainIgpo } from './explain-igpo.js';
import { igpoAdvantages } from './igpo-advantages.js';
import { igpoOptions } from './options.js';

export { igpoOptions, type IgpoOptions } from './options.js';
export { igpoAdvantages } from './igpo-advantages.js';

/** IGPO. */
export default defineAdvantage({
  id: 'igpo',
  version: '0.1.0',
  options: igpoOptions,
  create: (_context, options) => ({
    estimate: (groups) => igpoAdvantages(groups, options),
    explain: (groups) => explainIgpo(groups, options),
  }),
});
