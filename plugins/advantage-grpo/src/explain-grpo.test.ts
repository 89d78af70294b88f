import { describe, expect, it } from '@jest/globals';
import type { ShapedGroup } from '@turnwise/core';
import { explainGrpo } from './explain-grpo.js';
import { grpoOptions } from './options.js';

const groupOf = (...outcomes: (number | null)[]): ShapedGroup => ({
  question: { id: 'q', text: 'Which?', answers: ['Bonn'] },
  trajectories: [],
  shaped: outcomes.map((outcome) => ({ outcome, correct: outcome === 1, turns: [0, 0] })),
});
const explain = (group: ShapedGroup, options: object = {}): (string | null)[] | undefined =>
  explainGrpo([group], grpoOptions.parse(options))[0]?.turns.map(([first, second]) => {
    expect(second).toBe(first);
    return first ?? null;
  });

describe('explainGrpo', () => {
  it('gives the arithmetic, and the guard where one applied', () => {
    expect(explain(groupOf(1, 0, null))).toEqual([
      '(1 - mean 0.5) / (sd 0.707107 + 0.000001)',
      '(0 - mean 0.5) / (sd 0.707107 + 0.000001)',
      '0: abstains, and enters no statistic',
    ]);
    expect(explain(groupOf(1, 0, 0), { baseline: 'leave-one-out', divideByStandardDeviation: false })).toEqual([
      '1 - mean of others 0',
      '0 - mean of others 0.5',
      '0 - mean of others 0.5',
    ]);
    expect(explain(groupOf(1, 1))).toEqual(['0: all 2 values are 1', '0: all 2 values are 1']);
    expect(explain(groupOf(1))).toEqual(['0: nothing to compare with']);
    expect(explain(groupOf(1), { singleton: 'raw' })).toEqual(['1; alone in its group (singleton: raw)']);
  });
});
