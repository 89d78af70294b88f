import { defineReward } from '@turnwise/core';
import { stepSearchOptions } from './options.js';
import { stepSearchReward } from './step-rewards.js';
import { termVectors } from './term-vectors.js';

export { stepSearchOptions, type StepSearchOptions } from './options.js';
export { stepSearchReward, type Evidence } from './step-rewards.js';
export { cosine, termVectors, type TermVector, type TermVectors } from './term-vectors.js';

/** StepSearch: information gain and redundancy of each search. */
export default defineReward({
  apiVersion: 2,
  id: 'step-search',
  version: '0.1.0',
  options: stepSearchOptions,
  provides: ['reward.turns'],
  create: ({ corpus, logger }, options) => {
    if (corpus.length === 0) logger.warn('reward step-search: no corpus is configured, so every gain will be 0');
    const evidence = {
      passages: new Map(corpus.map((passage) => [passage.id, passage])),
      vectors: termVectors(corpus.map(({ title, text }) => `${title} ${text}`)),
    };
    return { shape: (group) => stepSearchReward(group, options, evidence) };
  },
});
