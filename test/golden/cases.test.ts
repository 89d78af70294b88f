import { describe, expect, it } from '@jest/globals';
import { estimateAdvantages, shapeGroups, type ShapedGroup } from '@turnwise/core';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import { tspoAdvantages, tspoOptions } from '@turnwise/advantage-tspo';
import { firstOccurrenceLatentReward, folrOptions } from '@turnwise/reward-folr';
import { goldenCases, goldenGroup, withGoldenOutcomes, type GoldenCase, type ScalarEstimator } from './golden-file.js';

const signal = new AbortController().signal;

/** The plain reading of the abstract: strategy tspo-literal. */
const literalReward = { credit: 'at', requireAnswer: false } as const;
const literalAdvantage = { allWrongScale: 1 };

async function shape(golden: GoldenCase, options: object = {}): Promise<ShapedGroup> {
  const folr = folrOptions.parse({ alpha: golden.alpha, ...literalReward, ...options });
  const shaper = {
    shape: (group: Parameters<typeof firstOccurrenceLatentReward>[0]) => firstOccurrenceLatentReward(group, folr),
  };
  const [shaped] = await shapeGroups([goldenGroup(golden)], [{ name: 'folr', weight: 1, shaper }], signal);
  if (!shaped) throw new Error('no group');
  return withGoldenOutcomes(golden, shaped);
}

function expectClose(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  expect(actual.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  actual.forEach((row, index) => {
    row.forEach((value, turn) => {
      expect(Math.abs(value - (expected[index]?.[turn] ?? NaN))).toBeLessThan(1e-6);
    });
  });
}

const grpoSettings: Readonly<Record<ScalarEstimator, object>> = {
  grpo: { singleton: 'raw' },
  grpo_ddof0: { singleton: 'raw', ddof: 0 },
  grpo_trl_eps1e4: { epsilon: 1e-4 },
  grpo_singleton_zero: {},
  dr_grpo: { singleton: 'raw', divideByStandardDeviation: false },
  dr_grpo_singleton_zero: { divideByStandardDeviation: false },
  rloo: { singleton: 'raw', divideByStandardDeviation: false, baseline: 'leave-one-out' },
  rloo_singleton_zero: { divideByStandardDeviation: false, baseline: 'leave-one-out' },
};

const tspoVariants: Readonly<Record<string, { reward?: object; advantage?: object }>> = {
  credit_prefix: { reward: { credit: 'prefix' } },
  norm_pooled: { advantage: { statistics: 'pooled-turns' } },
  credit_prefix_norm_pooled: { reward: { credit: 'prefix' }, advantage: { statistics: 'pooled-turns' } },
  no_std: { advantage: { divideByStandardDeviation: false } },
  mixed_trajectory_latent: { advantage: { mixedTrajectoryReward: 'latent' } },
  mixed_turn: { advantage: { level: { mixed: 'turn' } } },
  mixed_near_miss_turn: { advantage: { level: { mixed: 'turn-if-near-miss' } } },
};

describe.each(goldenCases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
  it('gives the turn rewards of FOLR', async () => {
    expectClose(
      (await shape(golden)).shaped.map(({ turns }) => turns),
      golden.expected.folr_turn_rewards_at,
    );
    const prefix = await shape(golden, { credit: 'prefix' });
    expectClose(
      prefix.shaped.map(({ turns }) => turns),
      golden.expected.folr_turn_rewards_prefix,
    );
    expect(prefix.shaped.map(({ firstOccurrence }) => firstOccurrence)).toEqual(
      golden.group.map(({ gold_turn }) => (gold_turn === null ? null : gold_turn - 1)),
    );
  });

  it.each(Object.entries(grpoSettings))('gives %s', async (name, settings) => {
    const shaped = await shape(golden);
    const [estimate] = grpoAdvantages([shaped], grpoOptions.parse(settings));
    expect(estimate?.composition).toBe(golden.composition);
    const expected = golden.expected[name as ScalarEstimator];
    expectClose(
      estimate?.turns ?? [],
      golden.group.map(({ turns }, index) => Array.from({ length: turns }, () => expected[index] ?? NaN)),
    );
  });

  const readings = [['tspo_default', {}] as const, ...Object.entries(tspoVariants)];
  it.each(readings)(
    'gives %s',
    async (name, { reward = {}, advantage = {} }: { reward?: object; advantage?: object }) => {
      const shaped = await shape(golden, reward);
      const options = tspoOptions.parse({ ...literalAdvantage, ...advantage });
      const [estimate] = estimateAdvantages([shaped], {
        name: 'tspo',
        estimator: { estimate: (groups) => tspoAdvantages(groups, options) },
      });
      const expected = name === 'tspo_default' ? golden.expected.tspo_default : golden.expected.tspo_variants[name];
      if (!expected || !estimate) throw new Error(`nothing to compare for ${name}`);
      expectClose(estimate.turns, expected.advantages);
      expect(estimate.composition).toBe(expected.composition);
      const dead = expected.advantages.every((row) => row.every((value) => value === 0));
      expect(estimate.level).toBe(dead ? 'none' : expected.level);
    },
  );
});

it('knows every variant of the golden file', () => {
  const named = new Set(goldenCases.flatMap(({ expected }) => Object.keys(expected.tspo_variants)));
  expect([...named].sort()).toEqual(Object.keys(tspoVariants).sort());
});
