import { describe, expect, it } from '@jest/globals';
import { estimateAdvantages, type ShapedGroup, type TurnRewards } from '@turnwise/core';
import { explainTspo } from './explain-tspo.js';
import { tspoOptions } from './options.js';
import { tspoAdvantages } from './tspo-advantages.js';

const wrong = (...turns: number[]): TurnRewards => ({
  outcome: 0,
  correct: false,
  turns,
  firstOccurrence: turns.some((reward) => reward > 0) ? 0 : null,
});
const right = (turns: number): TurnRewards => ({ outcome: 1, correct: true, turns: new Array<number>(turns).fill(1) });
const abstains: TurnRewards = { outcome: null, correct: false, turns: [0] };

const groupOf = (...shaped: TurnRewards[]): ShapedGroup => ({
  question: { id: 'q', text: 'Which?', answers: ['Bonn'] },
  trajectories: shaped.map(({ turns }, index) => ({
    id: `q/${index}`,
    turns: turns.map(() => ({
      output: { text: '', tokenIds: [], logprobs: [] },
      action: { kind: 'search' as const, query: 'x' },
      observation: null,
    })),
    answer: null,
    stopReason: 'turn-limit' as const,
  })),
  shaped,
});

const number = '(-?[\\d.e-]+)';
const arithmetic = new RegExp(
  `^\\(?${number}(?: - (?:mean (?:of others )?)${number})?\\)?(?: / \\(sd ${number} \\+ ${number}\\))?(?: x ${number})?$`,
);

/** The number an explanation comes to: its arithmetic, carried out. */
function valueOf(text: string): number {
  if (text.startsWith('0: ')) return 0;
  const match = arithmetic.exec(text.split('; ')[0] ?? '');
  if (match === null) throw new Error(`no arithmetic: ${text}`);
  const [value = 0, center = 0, deviation = 1, epsilon = 0, scale = 1] = match
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  return ((value - center) / (deviation + epsilon)) * scale;
}

const groups = [
  groupOf(wrong(0.5, 0), wrong(0, 0, 0.25), wrong(0.5, 0.5, 0, 1), abstains),
  groupOf(wrong(0.5, 0), right(3), wrong(0)),
  groupOf(wrong(0, 0), right(2), wrong(0)),
  groupOf(right(1), right(2)),
  groupOf(wrong(0, 0), wrong(0)),
  groupOf(wrong(0.5, 0), abstains),
];

describe('explainTspo', () => {
  it.each([
    {},
    { allWrongScale: 1, ddof: 0 },
    { level: { allWrong: 'trajectory', mixed: 'turn', allCorrect: 'off' } },
    { level: { allWrong: 'off', mixed: 'turn-if-near-miss' }, statistics: 'pooled-turns' },
    { level: { mixed: 'turn' }, baseline: 'leave-one-out', divideByStandardDeviation: false, loneCell: 'raw' },
    { statistics: 'pad-zero', return: 'reward-to-go', gamma: 0.5 },
    { mixedTrajectoryReward: 'latent', loneCell: 'trajectory-fallback', baseline: 'leave-one-out' },
  ])('gives the arithmetic of every advantage, options %j', (given) => {
    const options = tspoOptions.parse(given);
    const estimator = { estimate: (shaped: readonly ShapedGroup[]) => tspoAdvantages(shaped, options) };
    const advantages = estimateAdvantages(groups, { name: 'tspo', estimator });
    explainTspo(groups, options).forEach(({ turns }, group) => {
      turns.forEach((row, member) => {
        expect(row).toHaveLength(groups[group]?.shaped[member]?.turns.length ?? -1);
        row.forEach((text, turn) => {
          expect(valueOf(text ?? 'nothing said')).toBeCloseTo(advantages[group]?.turns[member]?.[turn] ?? NaN, 4);
        });
      });
    });
  });

  it('says in words which rule applied', () => {
    const explained = explainTspo(groups, tspoOptions.parse({}));
    expect(explained.map(({ rule }) => rule)).toEqual([
      'nobody is right: the reward of each turn is compared with the same turn of the members that reached it, times allWrongScale 0.5',
      'some are right and some are wrong: the outcomes of the trajectories are compared (level: trajectory, as GRPO does)',
      'some are right and some are wrong: the outcomes of the trajectories are compared (level: trajectory, as GRPO does)',
      'everybody is right: the outcomes of the trajectories are compared (level: trajectory, as GRPO does)',
      'nobody is right: the reward of each turn is compared with the same turn of the members that reached it, times allWrongScale 0.5',
      'nobody is right: fewer than two trajectories are scored',
    ]);
    expect(explained[0]?.turns).toEqual([
      ['(0.5 - mean 0.333333) / (sd 0.288675 + 0.000001) x 0.5; 3 members at turn 0', expect.any(String)],
      [expect.any(String), expect.any(String), expect.stringMatching(/^\(0\.25 - .*; 2 members at turn 2$/)],
      [expect.any(String), expect.any(String), expect.any(String), '0: nobody else reached this turn (loneCell: zero)'],
      ['0: abstains, and enters no statistic'],
    ]);
    expect(explained[4]?.turns[0]).toEqual([
      '0: all 2 values are 0 at turn 0',
      '0: nobody else reached this turn (loneCell: zero)',
    ]);
  });
});
