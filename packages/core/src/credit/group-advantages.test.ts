import { expect, it } from '@jest/globals';
import type { ShapedGroup } from '../contract/index.js';
import { trajectoryLevelAdvantages, turnLevelAdvantages } from './group-advantages.js';

const group: ShapedGroup = {
  question: { id: 'q', text: 'Who?', answers: ['x'] },
  trajectories: [],
  shaped: [
    { outcome: 0, correct: false, turns: [0, 0] },
    { outcome: null, correct: false, turns: [0] },
    { outcome: 1, correct: true, turns: [1, 1, 1] },
  ],
};

it('gives the values of scored members to their turns, and zero to who abstains', () => {
  expect(trajectoryLevelAdvantages(group, [-1, 2])).toEqual({
    composition: 'mixed',
    level: 'trajectory',
    turns: [[-1, -1], [0], [2, 2, 2]],
  });
  const rows = [
    [1, 2],
    [3, 4, 5],
  ];
  expect(turnLevelAdvantages(group, rows)).toEqual({
    composition: 'mixed',
    level: 'turn',
    turns: [[1, 2], [0], [3, 4, 5]],
  });
});

it('is at no level where all is zero, and has no negative zero', () => {
  const { level, turns } = trajectoryLevelAdvantages(group, [-0, 0]);
  expect(level).toBe('none');
  expect(turns.flat().every((value) => Object.is(value, 0))).toBe(true);
});
