import { coreBuiltins, mergeBuiltins, type BuiltinPlugins } from '@turnwise/core';

/** What short ids in a configuration stand for. A package is imported only when a run uses it. */
export const builtinPlugins: BuiltinPlugins = mergeBuiltins(
  {
    from: import.meta.url,
    plugins: {
      policy: {
        transformer: {
          packageName: '@turnwise/policy-transformer',
          load: () => import('@turnwise/policy-transformer'),
        },
        scripted: { packageName: '@turnwise/policy-scripted', load: () => import('@turnwise/policy-scripted') },
      },
      search: {
        lunr: { packageName: '@turnwise/search-lunr', load: () => import('@turnwise/search-lunr') },
      },
      reward: {
        outcome: { packageName: '@turnwise/reward-outcome', load: () => import('@turnwise/reward-outcome') },
        folr: { packageName: '@turnwise/reward-folr', load: () => import('@turnwise/reward-folr') },
      },
      advantage: {
        tspo: { packageName: '@turnwise/advantage-tspo', load: () => import('@turnwise/advantage-tspo') },
        grpo: { packageName: '@turnwise/advantage-grpo', load: () => import('@turnwise/advantage-grpo') },
        outcome: { packageName: '@turnwise/advantage-outcome', load: () => import('@turnwise/advantage-outcome') },
      },
    },
  },
  coreBuiltins,
);
