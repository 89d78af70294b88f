import { describe, expect, it } from '@jest/globals';
import type { GroupAdvantages, ShapedGroup } from '../contract/index.js';
import { estimateAdvantages } from './estimate-advantages.js';

const groups = (): ShapedGroup[] => [
  {
    question: { id: 'q3', text: 'Who?', answers: ['x'] },
    trajectories: [0, 1].map((index) => ({
      id: `q3/${index}`,
      turns: [],
      answer: null,
      stopReason: 'answered' as const,
    })),
    shaped: [
      { outcome: 1, correct: true, turns: [1, 1] },
      { outcome: null, correct: false, turns: [0] },
    ],
  },
];

const good: GroupAdvantages = { composition: 'all-correct', level: 'trajectory', turns: [[1, 1], [0]] };
const estimate = (returned: unknown) =>
  estimateAdvantages(groups(), { name: 'acme', estimator: { estimate: () => returned as GroupAdvantages[] } });

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('estimateAdvantages', () => {
  it('returns what keeps the contract', () => {
    expect(estimate([good])).toEqual([good]);
  });

  it.each([
    ['CONTRACT_ADVANTAGE_NOT_FINITE', 'trajectory q3/0, turn 1: advantage is NaN', { ...good, turns: [[1, NaN], [0]] }],
    ['CONTRACT_ADVANTAGE_NOT_FINITE', 'turn 0: advantage is -Infinity', { ...good, turns: [[-Infinity, 1], [0]] }],
    ['CONTRACT_ADVANTAGE_LENGTH', 'trajectory q3/0: returned 1 advantages for 2 turns', { ...good, turns: [[1], [0]] }],
    [
      'CONTRACT_ADVANTAGE_LENGTH',
      'question q3: returned 1 trajectories, the group has 2',
      { ...good, turns: [[1, 1]] },
    ],
    ['CONTRACT_ADVANTAGE_FAILED', 'calls the group mixed, it is all-correct', { ...good, composition: 'mixed' }],
    ['CONTRACT_ADVANTAGE_FAILED', 'level token is none of', { ...good, level: 'token' }],
    [
      'CONTRACT_ADVANTAGE_FAILED',
      'trajectory q3/1, turn 0: abstains, but its advantage is 2',
      { ...good, turns: [[1, 1], [2]] },
    ],
  ])('%s: %s', (code, message, returned) => {
    expect(thrownBy(() => estimate([returned]))).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it.each([
    ['returned no trajectories, the group has 2', undefined],
    ['returned no trajectories, the group has 2', { ...good, turns: 'none' }],
    ['trajectory q3/1: returned no advantages for 1 turns', { ...good, turns: [[1, 1], null] }],
  ])('says what is missing: %s', (message, returned) => {
    expect(thrownBy(() => estimate([returned]))).toMatchObject({
      code: 'CONTRACT_ADVANTAGE_LENGTH',
      message: expect.stringContaining(message),
    });
  });

  it('refuses another number of groups, and what is no list', () => {
    expect(() => estimate([])).toThrow(/returned 0 groups for 1 groups/);
    expect(() => estimate(undefined)).toThrow(/returned undefined for 1 groups/);
    expect(() => estimate([null])).toThrow(/returned no trajectories/);
  });

  it('names the plugin that throws, and the one that changes its input', () => {
    const failing = {
      name: 'acme',
      estimator: {
        estimate: () => {
          throw new Error('no idea');
        },
      },
    };
    expect(() => estimateAdvantages(groups(), failing)).toThrow('advantage acme failed: no idea');
    const meddling = {
      name: 'acme',
      estimator: {
        estimate: (input: readonly ShapedGroup[]) => {
          (input[0]?.shaped[0]?.turns as number[])[0] = 9;
          return [good];
        },
      },
    };
    expect(thrownBy(() => estimateAdvantages(groups(), meddling))).toMatchObject({ code: 'CONTRACT_MUTATED_INPUT' });
  });
});
