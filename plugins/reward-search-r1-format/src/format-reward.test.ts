import { describe, expect, it } from '@jest/globals';
import type { Trajectory, Turn } from '@turnwise/core';
import { hasValidFormat, searchR1FormatOptions, searchR1FormatReward } from './index.js';

const think = '<think> hm </think>';
const search = `${think}<search> x </search>`;
const answer = (text: string) => `${think}\n<answer> ${text} </answer>`;

function turn(text: string, observed: string | null = null, status: 'ok' | 'invalid' = 'ok'): Turn {
  return {
    output: { text, tokenIds: [], logprobs: [] },
    action: { kind: 'invalid', reason: 'no-action' },
    observation: observed === null ? null : { status, text: observed, hits: [] },
  };
}

const trajectory = (turns: Turn[], given: string | null, extra: Partial<Trajectory> = {}): Trajectory => ({
  id: 'q/0',
  turns,
  answer: given,
  stopReason: given === null ? 'turn-limit' : 'answered',
  ...extra,
});

const reward = (member: Trajectory, options: object = {}) =>
  searchR1FormatReward(
    { question: { id: 'q', text: 'Which?', answers: ['Paris'] }, trajectories: [member] },
    searchR1FormatOptions.parse(options),
  )[0];

describe('hasValidFormat', () => {
  const accepted = [
    [turn(answer('x'))],
    [turn(search, '<information>a </think> b</information>'), turn(answer('x'))],
    [turn(` \n${search}`, 'r'), turn(`\n${search}\n`, 'r'), turn(answer('x'))],
  ];
  const refused = [
    [turn('<answer> x </answer>')],
    [turn('<search> x </search>', 'r'), turn(answer('x'))],
    [turn(search, 'r'), turn('<answer> x </answer>')],
    [turn(`${search} and`, 'r'), turn(answer('x'))],
    [turn(search, 'try again', 'invalid'), turn(answer('x'))],
    [turn(search, 'r')],
    [turn(`${answer('x')} more`)],
    [turn(`<think> <answer> y </answer> </think>${answer('x')}`)],
    [],
  ];
  it.each(accepted.map((turns) => [turns.map(({ output }) => output.text).join(' | '), turns] as const))(
    'accepts %j',
    (_text, turns) => {
      expect(hasValidFormat(trajectory(turns, 'x'))).toBe(true);
    },
  );
  it.each(refused.map((turns) => [turns.map(({ output }) => output.text).join(' | '), turns] as const))(
    'refuses %j',
    (_text, turns) => {
      expect(hasValidFormat(trajectory(turns, 'x'))).toBe(false);
    },
  );
  it('stays fast on long unclosed text', () => {
    const started = performance.now();
    expect(hasValidFormat(trajectory([turn(`<think>${'<'.repeat(100_000)}`)], null))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('searchR1FormatReward', () => {
  const valid = (given: string, observed = 'nothing') =>
    trajectory([turn(search, observed), turn(answer(given))], given);
  const invalid = (given: string | null) => trajectory([turn('no tags', 'nothing')], given);

  it.each([
    ['right, valid', valid('Paris'), 1],
    ['right, valid, gold seen', valid('Paris', 'in Paris'), 1],
    ['right, invalid', invalid('Paris'), 0.8],
    ['right, invalid, gold seen', trajectory([turn('no tags', 'in Paris')], 'Paris'), 0.8],
    ['wrong, invalid, gold seen', trajectory([turn('no tags', 'in Paris')], 'Rome'), 0.1],
    ['wrong, valid, gold seen', valid('Rome', 'in Paris'), 0.25],
    ['wrong, valid, gold not seen', valid('Rome'), 0.2],
    ['wrong, invalid', invalid('Rome'), 0.1],
    ['no answer, invalid', invalid(null), 0],
  ] as const)('%s', (_what, member, outcome) => {
    const given = reward(member, { retrieval: 0.05 });
    expect(given?.outcome).toBeCloseTo(outcome, 12);
    expect(given?.turns).toEqual(member.turns.map(() => given?.outcome));
    const parts = Object.values(given?.components ?? {});
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(outcome, 12);
  });

  it('says in words why each turn got what it got', () => {
    expect(reward(valid('Rome'))?.reasons).toEqual(new Array(2).fill('0.2: wrong, valid format'));
    expect(reward(invalid(null))?.reasons).toEqual(['0: no answer, invalid format']);
  });

  it('abstains when infrastructure ended the trajectory', () => {
    const failed = trajectory([turn(search, 'x')], null, { failure: { code: 'ROLLOUT_POLICY', message: 'gone' } });
    expect(reward(failed)).toMatchObject({ outcome: null, correct: false, turns: [0] });
  });
});
