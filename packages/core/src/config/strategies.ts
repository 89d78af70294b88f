import type { PluginUse, RewardUse } from './plugin-use-schema.js';

/** A reward and an advantage that belong together. */
export interface StrategyPair {
  readonly reward: RewardUse[];
  readonly advantage: PluginUse;
}

const reward = (use: string, options: Record<string, unknown> = {}): RewardUse[] => [{ use, with: options, weight: 1 }];
const advantage = (use: string, options: Record<string, unknown> = {}): PluginUse => ({ use, with: options });

/**
 * The built-in strategies. TSPO: arXiv 2601.22776; FOLR pays a wrong trajectory whose searches brought a gold answer.
 * What each switch means stands with the options of `reward-folr` and `advantage-tspo`.
 */
export const builtinStrategies: Readonly<Record<string, StrategyPair>> = {
  // The recommended reading: all-wrong groups at turn level, nothing for a trajectory that gave no answer; else GRPO.
  tspo: {
    reward: reward('folr', { alpha: 0.5, credit: 'prefix', requireAnswer: true }),
    advantage: advantage('tspo', { allWrongScale: 0.5 }),
  },
  // The plain reading of the paper's abstract, for comparison.
  'tspo-literal': {
    reward: reward('folr', { alpha: 0.5, credit: 'at', requireAnswer: false }),
    advantage: advantage('tspo', { allWrongScale: 1 }),
  },
  // For gold matchers nobody has audited: smaller credit, no division by a small standard deviation.
  'tspo-careful': {
    reward: reward('folr', { alpha: 0.3, credit: 'prefix', requireAnswer: true }),
    advantage: advantage('tspo', { baseline: 'leave-one-out', divideByStandardDeviation: false, allWrongScale: 1 }),
  },
  // For audited matchers: turn-level credit in every group.
  'tspo-dense': {
    reward: reward('folr', { alpha: 0.5, credit: 'prefix', requireAnswer: true }),
    advantage: advantage('tspo', {
      level: { allWrong: 'turn', mixed: 'turn', allCorrect: 'turn' },
      baseline: 'leave-one-out',
      divideByStandardDeviation: false,
      allWrongScale: 1,
    }),
  },
  grpo: { reward: reward('outcome'), advantage: advantage('grpo') },
  'outcome-only': { reward: reward('outcome'), advantage: advantage('outcome') },
};

/** The strategy of a configuration that names none. */
export const defaultStrategy = 'tspo';
