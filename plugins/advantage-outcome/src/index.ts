import { defineAdvantage } from '@turnwise/core';
import { explainOutcome } from './explain-outcome.js';
import { outcomeAdvantages } from './outcome-advantages.js';
import { outcomeAdvantageOptions } from './options.js';

export { outcomeAdvantageOptions, type OutcomeAdvantageOptions } from './options.js';
export { outcomeAdvantages } from './outcome-advantages.js';

/** The outcome copied to every turn. */
export default defineAdvantage({
  id: 'outcome',
  version: '0.1.0',
  options: outcomeAdvantageOptions,
  create: (_context, options) => ({
    estimate: (groups) => outcomeAdvantages(groups, options),
    explain: (groups) => explainOutcome(groups, options),
  }),
});
