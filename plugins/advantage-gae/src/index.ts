import { defineAdvantage } from '@turnwise/core';
import { explainGae } from './explain-gae.js';
import { gaeAdvantages } from './gae-advantages.js';
import { gaeOptions } from './options.js';

export { gaeOptions, type GaeOptions } from './options.js';
export { gaeAdvantages } from './gae-advantages.js';

/** Generalised advantage estimation with the rest of the group as critic. */
export default defineAdvantage({
  id: 'gae',
  version: '0.1.0',
  options: gaeOptions,
  create: (_context, options) => ({
    estimate: (groups) => gaeAdvantages(groups, options),
    explain: (groups) => explainGae(groups, options),
  }),
});
