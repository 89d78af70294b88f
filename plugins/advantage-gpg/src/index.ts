import { defineAdvantage } from '@turnwise/core';
import { explainGpg } from './explain-gpg.js';
import { gpgAdvantages } from './gpg-advantages.js';
import { gpgOptions } from './options.js';

export { gpgOptions, type GpgOptions } from './options.js';
export { gpgAdvantages } from './gpg-advantages.js';

/** GPG. */
export default defineAdvantage({
  id: 'gpg',
  version: '0.1.0',
  options: gpgOptions,
  create: (_context, options) => ({
    estimate: (groups) => gpgAdvantages(groups, options),
    explain: (groups) => explainGpg(groups, options),
  }),
});
