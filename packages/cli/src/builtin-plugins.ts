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
        openai: { packageName: '@turnwise/policy-openai', load: () => import('@turnwise/policy-openai') },
        tinker: { packageName: '@turnwise/policy-tinker', load: () => import('@turnwise/policy-tinker') },
        scripted: { packageName: '@turnwise/policy-scripted', load: () => import('@turnwise/policy-scripted') },
      },
      search: {
        lunr: { packageName: '@turnwise/search-lunr', load: () => import('@turnwise/search-lunr') },
        http: { packageName: '@turnwise/search-http', load: () => import('@turnwise/search-http') },
        mcp: { packageName: '@turnwise/search-mcp', load: () => import('@turnwise/search-mcp') },
        postgres: { packageName: '@turnwise/search-postgres', load: () => import('@turnwise/search-postgres') },
      },
      reward: {
        outcome: { packageName: '@turnwise/reward-outcome', load: () => import('@turnwise/reward-outcome') },
        folr: { packageName: '@turnwise/reward-folr', load: () => import('@turnwise/reward-folr') },
        'search-r1-format': {
          packageName: '@turnwise/reward-search-r1-format',
          load: () => import('@turnwise/reward-search-r1-format'),
        },
        'step-search': {
          packageName: '@turnwise/reward-step-search',
          load: () => import('@turnwise/reward-step-search'),
        },
        'information-gain': {
          packageName: '@turnwise/reward-information-gain',
          load: () => import('@turnwise/reward-information-gain'),
        },
        overlong: { packageName: '@turnwise/reward-overlong', load: () => import('@turnwise/reward-overlong') },
      },
      advantage: {
        tspo: { packageName: '@turnwise/advantage-tspo', load: () => import('@turnwise/advantage-tspo') },
        grpo: { packageName: '@turnwise/advantage-grpo', load: () => import('@turnwise/advantage-grpo') },
        outcome: { packageName: '@turnwise/advantage-outcome', load: () => import('@turnwise/advantage-outcome') },
        'reinforce-plus-plus': {
          packageName: '@turnwise/advantage-reinforce-plus-plus',
          load: () => import('@turnwise/advantage-reinforce-plus-plus'),
        },
        opo: { packageName: '@turnwise/advantage-opo', load: () => import('@turnwise/advantage-opo') },
        gpg: { packageName: '@turnwise/advantage-gpg', load: () => import('@turnwise/advantage-gpg') },
        'pass-at-k': {
          packageName: '@turnwise/advantage-pass-at-k',
          load: () => import('@turnwise/advantage-pass-at-k'),
        },
        gigpo: { packageName: '@turnwise/advantage-gigpo', load: () => import('@turnwise/advantage-gigpo') },
        'mt-grpo': { packageName: '@turnwise/advantage-mt-grpo', load: () => import('@turnwise/advantage-mt-grpo') },
        gae: { packageName: '@turnwise/advantage-gae', load: () => import('@turnwise/advantage-gae') },
        igpo: { packageName: '@turnwise/advantage-igpo', load: () => import('@turnwise/advantage-igpo') },
      },
      tracker: {
        mlflow: { packageName: '@turnwise/tracker-mlflow', load: () => import('@turnwise/tracker-mlflow') },
      },
    },
  },
  coreBuiltins,
);
