import type { AdvantageEstimator, PluginContext, PluginDefinition } from '@turnwise/core';
import gae from '@turnwise/advantage-gae';
import gigpo from '@turnwise/advantage-gigpo';
import gpg from '@turnwise/advantage-gpg';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import igpo from '@turnwise/advantage-igpo';
import mtGrpo from '@turnwise/advantage-mt-grpo';
import opo from '@turnwise/advantage-opo';
import passAtK from '@turnwise/advantage-pass-at-k';
import reinforcePlusPlus from '@turnwise/advantage-reinforce-plus-plus';
import { outcomeAdvantageOptions, outcomeAdvantages } from '@turnwise/advantage-outcome';
import { tspoAdvantages, tspoOptions } from '@turnwise/advantage-tspo';

export const grpo = (options: object = {}): AdvantageEstimator => ({
  estimate: (groups) => grpoAdvantages(groups, grpoOptions.parse(options)),
});
export const tspo = (options: object = {}): AdvantageEstimator => ({
  estimate: (groups) => tspoAdvantages(groups, tspoOptions.parse(options)),
});
export const outcome = (options: object = {}): AdvantageEstimator => ({
  estimate: (groups) => outcomeAdvantages(groups, outcomeAdvantageOptions.parse(options)),
});

/** An estimator as a run creates it, from unparsed options. */
export async function created<Options>(
  plugin: PluginDefinition<'advantage', Options>,
  options: object = {},
): Promise<AdvantageEstimator> {
  const parsed = await plugin.options['~standard'].validate(options);
  if (parsed.issues) throw new Error(JSON.stringify(parsed.issues));
  return plugin.create({} as PluginContext, parsed.value);
}

export const dense = { allWrong: 'turn', mixed: 'turn', allCorrect: 'turn' };
/** Every estimator of ours, with options that make a difference. */
export const estimators: Readonly<Record<string, AdvantageEstimator>> = {
  grpo: grpo(),
  'grpo as Dr.GRPO': grpo({ divideByStandardDeviation: false }),
  'grpo as RLOO': grpo({ divideByStandardDeviation: false, baseline: 'leave-one-out' }),
  'grpo, singletons raw': grpo({ singleton: 'raw', ddof: 0 }),
  outcome: outcome(),
  'outcome minus batch mean': outcome({ baseline: 'batch-mean' }),
  tspo: tspo(),
  'tspo-literal': tspo({ allWrongScale: 1 }),
  'tspo-careful': tspo({ divideByStandardDeviation: false, baseline: 'leave-one-out', allWrongScale: 1 }),
  'tspo-dense': tspo({ level: dense, divideByStandardDeviation: false, baseline: 'leave-one-out', allWrongScale: 1 }),
  'tspo pooled': tspo({ level: dense, statistics: 'pooled-turns' }),
  'tspo padded': tspo({ level: dense, statistics: 'pad-zero', return: 'discounted', gamma: 0.5 }),
  'tspo latent': tspo({
    level: { allWrong: 'trajectory', mixed: 'turn-if-near-miss' },
    mixedTrajectoryReward: 'latent',
  }),
  'tspo fallback': tspo({ level: dense, loneCell: 'trajectory-fallback', return: 'reward-to-go' }),
  gae: await created(gae),
  'gae over turn rewards': await created(gae, { rewards: 'turns', lambda: 0.5, gamma: 0.9 }),
  gigpo: await created(gigpo),
  'gigpo undiscounted': await created(gigpo, { gamma: 1 }),
  'gigpo of similar texts': await created(gigpo, {
    similarity: 0.5,
    stepReward: 'turns',
    trajectoryStatistics: 'steps',
  }),
  gpg: await created(gpg),
  igpo: await created(igpo),
  'igpo joint': await created(igpo, { normalization: 'joint', gamma: 0.9 }),
  'mt-grpo': await created(mtGrpo),
  opo: await created(opo),
  'pass-at-k': await created(passAtK),
  'reinforce-plus-plus': await created(reinforcePlusPlus),
  'reinforce-plus-plus-baseline': await created(reinforcePlusPlus, { baseline: 'group-mean' }),
  'tspo raw lone cells': tspo({ level: dense, loneCell: 'raw' }),
};
