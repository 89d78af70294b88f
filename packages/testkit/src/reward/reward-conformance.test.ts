import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineReward, TurnwiseError, type RewardShaper, type TrajectoryGroup, type TurnRewards } from '@turnwise/core';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { rewardConformance, type RewardSuiteSettings } from './reward-conformance.js';

type Shape = RewardShaper['shape'];

/** Pays for answering; correct when a gold answer was given. */
function good({ question, trajectories }: TrajectoryGroup): TurnRewards[] {
  return trajectories.map(({ answer, turns, failure }) => {
    const correct = answer !== null && question.answers.includes(answer);
    const outcome = failure === undefined ? (answer === null ? 0 : 0.5) : null;
    return {
      outcome,
      correct,
      turns: turns.map(() => outcome ?? 0),
      firstOccurrence: null,
      reasons: turns.map(() => null),
    };
  });
}

const plugin = (shape: Shape, changes: object = {}) =>
  defineReward({
    apiVersion: 2,
    id: 'tested',
    version: '1.0.0',
    options: z.strictObject({}),
    create: () => ({ shape }),
    ...changes,
  });

/** The good rewards, changed for the trajectories a condition picks. */
const where =
  (
    picks: (trajectory: TrajectoryGroup['trajectories'][number], index: number) => boolean,
    change: (rewards: TurnRewards) => unknown,
  ): Shape =>
  (group) =>
    good(group).map((rewards, index) => {
      const trajectory = group.trajectories[index];
      return (trajectory !== undefined && picks(trajectory, index) ? change(rewards) : rewards) as TurnRewards;
    });
const nan = (rewards: TurnRewards) => ({ ...rewards, turns: rewards.turns.map(() => NaN), outcome: NaN });
const throws = (): never => {
  throw new Error('not made for this');
};
/** Only in the fixtures every plain rule looks at: three turns with this query in the second. */
const inPlain: Parameters<typeof where>[0] = ({ turns }) =>
  turns.length === 3 && turns[1]?.action.kind === 'search' && turns[1].action.query === 'Tinvek';
let calls = 0;
let underWay = 0;

const bad: readonly (readonly [string, ReturnType<typeof plugin>, RewardSuiteSettings?])[] = [
  ['reward/length', plugin(where(inPlain, (rewards) => ({ ...rewards, turns: [0.5] })))],
  ['reward/finite', plugin(where(inPlain, nan))],
  ['reward/finite', plugin(where(inPlain, (rewards) => ({ ...rewards, components: { style: Infinity } })))],
  ['reward/types', plugin(where(inPlain, (rewards) => ({ ...rewards, correct: 1 })))],
  ['reward/types', plugin(where(inPlain, (rewards) => ({ ...rewards, firstOccurrence: 3 })))],
  ['reward/types', plugin(where(inPlain, (rewards) => ({ ...rewards, reasons: ['why'] })))],
  [
    'reward/unchanged-input',
    plugin((group) => {
      const rewards = good(group);
      (group.question.answers as string[]).push('x');
      return rewards;
    }),
  ],
  [
    'reward/order',
    plugin(
      where(
        (_trajectory, index) => index === 0,
        (rewards) => ({ ...rewards, outcome: 0.25 }),
      ),
    ),
  ],
  [
    'reward/ids',
    plugin(
      where(
        ({ id }) => id.startsWith('other/'),
        (rewards) => ({ ...rewards, outcome: 0.25 }),
      ),
    ),
  ],
  [
    'reward/field-order',
    plugin((group) =>
      good(group).map((rewards) => ({
        ...rewards,
        outcome: Object.keys(group.question)[0] === 'id' ? rewards.outcome : 0.25,
      })),
    ),
  ],
  [
    'reward/concurrent',
    plugin(async (group) => {
      const busy = ++underWay;
      await Promise.resolve();
      underWay--;
      return good(group).map((rewards) => ({ ...rewards, outcome: rewards.outcome === null ? null : busy }));
    }),
  ],
  [
    'reward/abort',
    plugin((group, { signal }) => (signal.aborted ? new Promise<never>(() => undefined) : good(group))),
    { seconds: 0.3 },
  ],
  ['reward/no-turns', plugin(where(({ id, turns }) => id === 'q1/1' && turns.length === 0, nan))],
  [
    'reward/lone-trajectory',
    plugin((group) => (group.trajectories.length === 1 && group.question.id === 'q1' ? throws() : good(group))),
  ],
  ['reward/many-turns', plugin(where(({ turns }) => turns.length > 5_000, nan))],
  [
    'reward/failed-search',
    plugin(
      where(
        ({ turns }) =>
          turns.length === 4 && turns[0]?.observation?.status === 'error' && turns[2]?.observation?.status === 'empty',
        throws,
      ),
    ),
  ],
  [
    'reward/no-answer',
    plugin(
      where(
        ({ answer, turns, failure, id }) => id === 'q1/1' && answer === null && turns.length === 1 && !failure,
        throws,
      ),
    ),
  ],
  [
    'reward/invalid-action',
    plugin(where(({ turns }) => turns.length === 2 && turns[0]?.observation?.text === 'Write a search.', nan)),
  ],
  ['reward/unicode', plugin(where(({ answer }) => answer?.includes('🇺🇳') === true, nan))],
  [
    'reward/failed-trajectory',
    plugin(where(({ id, failure }) => id === 'q1/1' && failure?.message === 'gone', throws)),
  ],
  [
    'reward/gold-free',
    plugin((group) =>
      good(group).map((rewards) => ({
        ...rewards,
        outcome: group.question.answers[0] === 'something else entirely' ? 0 : rewards.outcome,
      })),
    ),
    { claims: { goldFree: true } },
  ],
  [
    'lifecycle/deterministic',
    plugin((group) => good(group).map((rewards) => ({ ...rewards, outcome: rewards.outcome })), {
      create: () => ({ shape: countedOnce() }),
    }),
  ],
];

/** Each instance answers otherwise than the one before, but always the same. */
function countedOnce(): Shape {
  const offset = ++calls;
  return (group) => good(group).map((rewards) => ({ ...rewards, outcome: rewards.outcome === null ? null : offset }));
}

it('passes a reward that keeps every rule', async () => {
  const { ran, failures } = await outcomeOf((runner) =>
    rewardConformance(runner, plugin(good, { id: 'tested' }), { from: null, claims: { goldFree: false } }),
  );
  expect(failures).toEqual(new Map());
  expect(ran).toEqual([...new Set(ran)]);
});

it.each(bad)('%s is broken by a reward that breaks it, and nothing else is', async (id, broken, settings = {}) => {
  const failures = await failuresOf((runner) => rewardConformance(runner, broken, { from: null, ...settings }));
  expect([...failures.keys()]).toEqual([id]);
  expect(failures.get(id)).toMatch(/ConformanceError|not made for this/);
});

it('has a broken reward for every rule of its own', async () => {
  const { ran } = await outcomeOf((runner) =>
    rewardConformance(runner, plugin(good), { from: null, claims: { goldFree: true } }),
  );
  const own = ran.filter((id) => id.startsWith('reward/'));
  expect(own.filter((id) => !bad.some(([broken]) => broken === id))).toEqual([]);
});

it('takes rewards written for interface 1', async () => {
  const old = defineReward({
    id: 'old',
    version: '1.0.0',
    options: z.strictObject({}),
    create: () => ({ shape: (group) => good(group) }),
  });
  expect(await failuresOf((runner) => rewardConformance(runner, old, { from: null }))).toEqual(new Map());
});

it.each<[string, unknown]>([
  ['fixtures 0 and 1 are the same', { fixtures: [{ question: { id: 'q' } }, { question: { id: 'q' } }] }],
  ['there is no setting "fixture". Did you mean "fixtures"?', { fixture: [] }],
  ['there is no setting "goldfree" of claims. Did you mean "goldFree"?', { claims: { goldfree: true } }],
  ['there is no package.json at or above /nowhere', { from: '/nowhere' }],
])('refuses a mistake of the author: %s', (text, settings) => {
  const runner = { describe: () => undefined, it: () => undefined };
  try {
    rewardConformance(runner, plugin(good), settings as RewardSuiteSettings);
    throw new Error('nothing was thrown');
  } catch (error) {
    expect(TurnwiseError.is(error) && error.code).toBe('TESTKIT_USAGE');
    expect((error as Error).message).toContain(text);
  }
});

it('refuses a plugin of another kind', () => {
  const runner = { describe: () => undefined, it: () => undefined };
  const other = { ...plugin(good), kind: 'search' } as never;
  expect(() => rewardConformance(runner, other, { from: null })).toThrow(
    'expected a reward plugin, got a search plugin',
  );
});
