import { describe, it } from 'node:test';
import { defineReward } from '@turnwise/core';
import { rewardConformance } from '@turnwise/testkit';
import { z } from 'zod';

/** Run by runners.test.ts with node:test: a reward that is broken when it is told to be. */
const value = process.env['BROKEN'] === 'yes' ? NaN : 0;
const plugin = defineReward({
  apiVersion: 2,
  id: 'zero',
  version: '1.0.0',
  options: z.strictObject({}),
  create: () => ({
    shape: ({ trajectories }) =>
      trajectories.map(({ turns }) => ({ outcome: 0, correct: false, turns: turns.map(() => value) })),
  }),
});

rewardConformance({ describe, it }, plugin, { from: null });
