import { defineReward } from '@turnwise/core';
import { searchR1FormatReward } from './format-reward.js';
import { searchR1FormatOptions } from './options.js';

export { searchR1FormatOptions, type SearchR1FormatOptions } from './options.js';
export { searchR1FormatReward } from './format-reward.js';
export { hasValidFormat } from './valid-format.js';

/** Search-R1's reward for answer, format and retrieval. */
export default defineReward({
  apiVersion: 2,
  id: 'search-r1-format',
  version: '0.1.0',
  options: searchR1FormatOptions,
  provides: ['reward.first-occurrence'],
  create: (_context, options) => ({ shape: (group) => searchR1FormatReward(group, options) }),
});
