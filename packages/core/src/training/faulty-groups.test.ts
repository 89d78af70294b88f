import { expect, it } from '@jest/globals';
import type { Trajectory, TrajectoryGroup } from '../contract/index.js';
import { rolloutFault } from './faulty-groups.js';

const kinds = {
  fine: { stopReason: 'answered' },
  full: { stopReason: 'context-limit' },
  late: { stopReason: 'policy-failed', failure: { code: 'ROLLOUT_TIMEOUT', message: 'too slow' } },
  down: { stopReason: 'policy-failed', failure: { code: 'ROLLOUT_SEARCH', message: 'gone' } },
} as const;

const group = (...members: (keyof typeof kinds)[]): TrajectoryGroup => ({
  question: { id: 'q', text: '', answers: ['x'] },
  trajectories: members.map((kind, index): Trajectory => ({
    id: `q/${index}`,
    turns: [],
    answer: null,
    ...kinds[kind],
  })),
});

it.each([
  [['fine', 'fine'], 0.5, null],
  [['full', 'fine'], 0.5, '1 of 2 ran out of context or time'],
  [['late', 'full', 'fine'], 0.6, '2 of 3 ran out of context or time'],
  [['late', 'full', 'fine'], 0.7, null],
  [['fine', 'down', 'down'], 0.6, '2 of 3 failed: ROLLOUT_SEARCH gone'],
  [['down', 'fine', 'fine'], 0.5, null],
  // One that was late counts among those that failed.
  [['late', 'down', 'fine'], 0.6, '2 of 3 failed: ROLLOUT_TIMEOUT too slow'],
  [['fine', 'fine'], 0, null],
  [[], 0, null],
] as [(keyof typeof kinds)[], number, string | null][])('of %j, with a share of %d: %s', (members, share, fault) => {
  expect(rolloutFault(group(...members), share)).toBe(fault);
});
