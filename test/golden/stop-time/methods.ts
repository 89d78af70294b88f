import type { AdvantageEstimator } from '@turnwise/core';
import { gaeAdvantages, gaeOptions } from '@turnwise/advantage-gae';
import { gigpoAdvantages, gigpoOptions } from '@turnwise/advantage-gigpo';
import { gpgAdvantages, gpgOptions } from '@turnwise/advantage-gpg';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import { igpoAdvantages, igpoOptions } from '@turnwise/advantage-igpo';
import { mtGrpoAdvantages, mtGrpoOptions } from '@turnwise/advantage-mt-grpo';
import { opoAdvantages } from '@turnwise/advantage-opo';
import { outcomeAdvantageOptions, outcomeAdvantages } from '@turnwise/advantage-outcome';
import { passAtKAdvantages, passAtKOptions } from '@turnwise/advantage-pass-at-k';
import { reinforcePlusPlusAdvantages, reinforcePlusPlusOptions } from '@turnwise/advantage-reinforce-plus-plus';
import { tspoAdvantages, tspoOptions } from '@turnwise/advantage-tspo';
import { firstOccurrenceLatentReward, folrOptions } from '@turnwise/reward-folr';
import type { Method, Reward } from './expected-update.js';

export const folr = (options: object = {}): Reward => {
  const parsed = folrOptions.parse(options);
  return (group) => firstOccurrenceLatentReward(group, parsed);
};
/** The outcome alone, paid in the last turn; gold that is found is worth nothing. */
export const paidAtEnd = folr({ alpha: 0, correctReward: 'last-turn' });
/** The outcome alone, on every turn: as turn rewards, each is a return-to-go. */
export const broadcast = folr({ alpha: 0 });

const grpo = (options: object = {}): AdvantageEstimator => {
  const parsed = grpoOptions.parse(options);
  return { estimate: (groups) => grpoAdvantages(groups, parsed) };
};
export const tspo = (options: object = {}): AdvantageEstimator => {
  const parsed = tspoOptions.parse({ allWrongScale: 1, ...options });
  return { estimate: (groups) => tspoAdvantages(groups, parsed) };
};
const gae = (options: object = {}): AdvantageEstimator => {
  const parsed = gaeOptions.parse(options);
  return { estimate: (groups) => gaeAdvantages(groups, parsed) };
};

export const everyTurn = { level: { allWrong: 'turn', mixed: 'turn', allCorrect: 'turn' } };
export const unscaled = { divideByStandardDeviation: false };
export const leaveOneOut = { ...unscaled, baseline: 'leave-one-out', loneCell: 'raw' };
const rloo = grpo({ ...unscaled, baseline: 'leave-one-out' });

/** Everything the page on stop-time bias compares. */
export const methods: Readonly<Record<string, Method>> = {
  'outcome, raw': {
    reward: broadcast,
    estimator: { estimate: (groups) => outcomeAdvantages(groups, outcomeAdvantageOptions.parse({})) },
  },
  RLOO: { reward: broadcast, estimator: rloo },
  'RLOO, token-mean': { reward: broadcast, estimator: rloo, aggregation: 'token-mean' },
  'RLOO, sequence-mean': { reward: broadcast, estimator: rloo, aggregation: 'sequence-mean' },
  'Dr.GRPO': { reward: broadcast, estimator: grpo(unscaled) },
  GRPO: { reward: broadcast, estimator: grpo() },
  'pass@k': {
    reward: broadcast,
    estimator: { estimate: (groups) => passAtKAdvantages(groups, passAtKOptions.parse({})) },
  },
  GPG: { reward: broadcast, estimator: { estimate: (groups) => gpgAdvantages(groups, gpgOptions.parse({})) } },
  OPO: { reward: broadcast, estimator: { estimate: (groups) => opoAdvantages(groups) } },
  'REINFORCE++': {
    reward: broadcast,
    estimator: { estimate: (groups) => reinforcePlusPlusAdvantages(groups, reinforcePlusPlusOptions.parse({})) },
  },
  'REINFORCE++-baseline': {
    reward: broadcast,
    estimator: {
      estimate: (groups) =>
        reinforcePlusPlusAdvantages(groups, reinforcePlusPlusOptions.parse({ baseline: 'group-mean' })),
    },
  },
  'GAE, lambda 1': { reward: paidAtEnd, estimator: gae({ lambda: 1 }) },
  'GAE, lambda 0.95': { reward: paidAtEnd, estimator: gae() },
  'GAE, lambda 0': { reward: paidAtEnd, estimator: gae({ lambda: 0 }) },
  GiGPO: {
    reward: broadcast,
    estimator: { estimate: (groups) => gigpoAdvantages(groups, gigpoOptions.parse({ gamma: 1 })) },
  },
  'outcome per turn index, summed': {
    reward: paidAtEnd,
    estimator: tspo({ ...everyTurn, ...leaveOneOut, return: 'discounted' }),
  },
  'outcome per turn index, mean, summed': {
    reward: paidAtEnd,
    estimator: tspo({ ...everyTurn, ...unscaled, loneCell: 'zero', return: 'discounted' }),
  },
  'outcome per turn index, sd, summed': {
    reward: paidAtEnd,
    estimator: tspo({ ...everyTurn, baseline: 'leave-one-out', return: 'discounted' }),
  },
  'outcome padded, summed to the longest': {
    reward: paidAtEnd,
    estimator: tspo({ ...everyTurn, ...leaveOneOut, statistics: 'pad-zero', return: 'discounted' }),
  },
  'outcome to go per turn index': {
    reward: paidAtEnd,
    estimator: tspo({ ...everyTurn, ...leaveOneOut, return: 'reward-to-go' }),
  },
  'outcome to go per turn index, mean': {
    reward: paidAtEnd,
    estimator: tspo({ ...everyTurn, ...unscaled, return: 'reward-to-go' }),
  },
  'outcome to go per turn index, sd': { reward: paidAtEnd, estimator: tspo({ ...everyTurn, return: 'reward-to-go' }) },
  'outcome broadcast and summed': {
    reward: broadcast,
    estimator: tspo({ ...everyTurn, ...leaveOneOut, return: 'discounted' }),
  },
  IGPO: {
    reward: folr({ credit: 'at' }),
    estimator: { estimate: (groups) => igpoAdvantages(groups, igpoOptions.parse({})) },
  },
  'MT-GRPO': {
    reward: folr({ credit: 'at' }),
    estimator: { estimate: (groups) => mtGrpoAdvantages(groups, mtGrpoOptions.parse({})) },
  },
  tspo: { reward: folr(), estimator: tspo({ allWrongScale: 0.5 }) },
  'tspo-literal': { reward: folr({ credit: 'at', requireAnswer: false }), estimator: tspo() },
  'tspo-careful': { reward: folr({ alpha: 0.3 }), estimator: tspo({ ...unscaled, baseline: 'leave-one-out' }) },
  'tspo-dense': { reward: folr(), estimator: tspo({ ...everyTurn, ...unscaled, baseline: 'leave-one-out' }) },
};
