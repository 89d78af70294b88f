import { describe, expect, it } from '@jest/globals';
import type { AdvantageEstimator, Turn } from '../contract/index.js';
import type { GroupStatistics } from '../credit/index.js';
import { TurnwiseError } from '../errors/index.js';
import { explainCredit } from './explain-credit.js';
import { describeStandardize } from './describe-standardize.js';
import { explanationText, signed } from './explanation-text.js';
import { advantagesOf, groupOf, trajectoryOf } from './recorded-groups.fixture.js';

const group = groupOf('q1', [
  [trajectoryOf('q1/0', 1, 'Rome\u001b[31m'), { turns: [0.5, 0], reasons: ['0.5: saw it', null] }],
  [trajectoryOf('q1/1', 0, 'Bonn'), { outcome: 1, correct: true, turns: [1] }],
  [trajectoryOf('q1/2', 0, 'Rome'), { outcome: null }],
]);
const advantages = [advantagesOf('mixed', [[0.25, -1e-7], [1], [0]])];
const estimator: AdvantageEstimator = { estimate: () => advantages };
const explain = (more: Partial<AdvantageEstimator> = {}) =>
  explainCredit([group], advantages, { name: 'mine', estimator: { ...estimator, ...more } });

describe('explainCredit', () => {
  it('states facts that hold for any estimator', () => {
    expect(explain()).toMatchObject([
      {
        composition: 'mixed',
        level: 'turn',
        right: 1,
        wrong: 1,
        abstaining: 1,
        outcomes: { members: 2, mean: 0.5 },
        rule: null,
        goldGuarded: false,
        trajectories: [
          {
            goldSeen: { turn: 0, answer: 'Bonn' },
            turns: [
              {
                reward: 0.5,
                rewardReason: '0.5: saw it',
                advantage: 0.25,
                advantageReason: null,
                sameTurn: { members: 2, mean: 0.75 },
              },
              { sameTurn: { members: 1, mean: 0, spread: 0 } },
            ],
          },
          { correct: true, goldSeen: null },
          { outcome: null },
        ],
      },
    ]);
  });

  it('takes the reasons of the estimator, and reads for people', () => {
    const own = { rule: 'the larger the better', turns: [['0.5 - mean 0.25', null], ['0: because'], ['0: abstains']] };
    const [explanation] = explain({ explain: () => [own] });
    if (!explanation) throw new Error('nothing explained');
    expect(explanationText(group.question, explanation).split('\n')).toEqual([
      'q1  Where?  (gold: Bonn)',
      '  mixed: 1 right, 1 wrong, 1 abstaining; outcomes mean 0.5, sd 0.707107 of 2; advantages by turn',
      '  rule: the larger the better',
      '  q1/0  answered "Rome\\u001b[31m": wrong, outcome 0; first saw gold "Bonn" in turn 0',
      '    turn 0  search "q1/0 0"',
      '      reward 0.5: saw it',
      '      advantage +0.2500 = 0.5 - mean 0.25',
      '    turn 1  answer "Rome\\u001b[31m"',
      '      reward 0: the reward plugin gives no reason',
      '      advantage -1.0e-7; rewards at this turn: mean 0, sd 0 of 1',
      '  q1/1  answered "Bonn": right, outcome 1; never saw gold',
      '    turn 0  answer "Bonn"',
      '      reward 1: the reward plugin gives no reason',
      '      advantage +1.0000: because',
      '  q1/2  answered "Rome": abstains; never saw gold',
      '    turn 0  answer "Rome"',
      '      reward 0: the reward plugin gives no reason',
      '      advantage 0: abstains',
    ]);
  });

  it('says so when no gold answer can be seen, nothing is learned, a turn did neither, or no answer came', () => {
    const { question, shaped } = groupOf('q2', [[trajectoryOf('q2/0', 0, 'no'), {}]]);
    const invalid = { kind: 'invalid' as const, reason: 'no-action' as const };
    const output = { text: '', tokenIds: [], logprobs: [] };
    const closed = {
      question: { ...question, answers: ['yes', 'no'] },
      trajectories: [
        {
          id: 'q2/0',
          turns: [{ output, action: invalid, observation: null }],
          answer: null,
          stopReason: 'turn-limit' as const,
        },
      ],
      shaped,
    };
    const [explanation] = explainCredit([closed], [advantagesOf('all-wrong', [[0]])], { name: 'mine', estimator });
    if (!explanation) throw new Error('nothing explained');
    expect(explanation).toMatchObject({ goldGuarded: true, right: 0, wrong: 1, abstaining: 0 });
    expect(explanationText(closed.question, explanation).split('\n')).toEqual([
      'q2  Where?  (gold: yes | no)',
      '  all-wrong: 0 right, 1 wrong; outcomes mean 0, sd 0 of 1; nothing is learned',
      '  no gold answer passes the default guards (yes, no, too short): seeing it counts for nothing',
      '  q2/0  gave no answer: wrong, outcome 0; never saw gold',
      '    turn 0  invalid (no-action)',
      '      reward 0: the reward plugin gives no reason',
      '      advantage 0; rewards at this turn: mean 0, sd 0 of 1',
    ]);
  });

  it('says in which turn gold was first seen, when it was not the first', () => {
    const trajectory = trajectoryOf('q3/0', 2, 'x');
    const [first, second, last] = trajectory.turns as [Turn, Turn, Turn];
    const later = groupOf('q3', [[{ ...trajectory, turns: [second, first, last] }, {}]]);
    const [explanation] = explainCredit([later], [advantagesOf('all-wrong', [[0, 0, 0]])], { name: 'mine', estimator });
    expect(explanation?.trajectories[0]?.goldSeen).toEqual({ turn: 1, answer: 'Bonn' });
  });

  it('writes the arithmetic of a standardised advantage, or the guard that made it zero', () => {
    const statistics: GroupStatistics = { baseline: 'mean', divideByStandardDeviation: true, ddof: 1, epsilon: 1e-6 };
    // Mean 2; sample deviation 1; of the others 2.5, 2 and 1.5.
    expect(describeStandardize([1, 2, 3], statistics)).toEqual([
      '(1 - mean 2) / (sd 1 + 0.000001)',
      '(2 - mean 2) / (sd 1 + 0.000001)',
      '(3 - mean 2) / (sd 1 + 0.000001)',
    ]);
    const others: GroupStatistics = { ...statistics, baseline: 'leave-one-out', divideByStandardDeviation: false };
    expect(describeStandardize([1, 2, 3], others)).toEqual([
      '1 - mean of others 2.5',
      '2 - mean of others 2',
      '3 - mean of others 1.5',
    ]);
    expect(describeStandardize([4], others)).toEqual(['0: nothing to compare with']);
    expect(describeStandardize([0.5, 0.5], others)).toEqual(Array(2).fill('0: all 2 values are 0.5'));
  });

  it('signs advantages with four digits, or two that mean something', () => {
    expect([0, 0.00005, 0.000049, -0.25, -1e-7, 12].map(signed)).toEqual([
      ...['0', '+0.0001', '+0.000049', '-0.2500', '-1.0e-7', '+12.0000'],
    ]);
  });

  it('names the estimator whose explanation fails', () => {
    const failing = [
      () => {
        throw new Error('lost for words');
      },
      () => [],
    ];
    for (const wrong of failing) {
      let thrown: unknown;
      try {
        explain({ explain: wrong });
      } catch (error) {
        thrown = error;
      }
      expect(TurnwiseError.is(thrown) && thrown.code).toBe('CONTRACT_ADVANTAGE_FAILED');
      expect(String(thrown)).toMatch(
        /advantage mine (could not explain itself: lost for words|explained 0 groups of 1)/,
      );
    }
  });
});
