import { describe, expect, it } from '@jest/globals';
import type { RewardShaper, Trajectory, TrajectoryGroup, TurnRewards } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { shapeGroups } from './shape-groups.js';

const signal = new AbortController().signal;

function trajectory(id: string, turns: number, extra: Partial<Trajectory> = {}): Trajectory {
  const turn = {
    output: { text: 'x', tokenIds: [1, 2], logprobs: [-1, -2] },
    action: { kind: 'answer', text: 'x' },
    observation: null,
  } as const;
  return {
    id,
    turns: Array.from({ length: turns }, () => structuredClone(turn)),
    answer: 'x',
    stopReason: 'answered',
    ...extra,
  };
}

const group = (): TrajectoryGroup => ({
  question: { id: 'q7', text: 'Who?', answers: ['x'] },
  trajectories: [trajectory('q7/0', 2), trajectory('q7/1', 1)],
});

function first<Item>([item]: readonly Item[]): Item {
  if (item === undefined) throw new Error('an empty list');
  return item;
}
const second = <Item>(items: readonly Item[]): Item => first(items.slice(1));

/** A shaper that pays 1 a turn, after a change to what it would return. */
function shaperThat(
  change: (rewards: { -readonly [Key in keyof TurnRewards]: TurnRewards[Key] }[]) => unknown,
): RewardShaper {
  return {
    shape: ({ trajectories }) => {
      const rewards = trajectories.map(({ turns }) => ({ outcome: 1, correct: true, turns: turns.map(() => 1) }));
      return (change(rewards) ?? rewards) as TurnRewards[];
    },
  };
}

const shape = (shaper: RewardShaper) => shapeGroups([group()], [{ name: 'acme', weight: 1, shaper }], signal);

describe('shapeGroups', () => {
  it('returns what one shaper of weight 1 returns', async () => {
    const [shaped] = await shape(shaperThat(() => undefined));
    expect(shaped?.shaped).toEqual([
      { outcome: 1, correct: true, turns: [1, 1] },
      { outcome: 1, correct: true, turns: [1] },
    ]);
    expect(shaped?.question.id).toBe('q7');
  });

  it.each([
    [
      'CONTRACT_REWARD_NOT_FINITE',
      'trajectory q7/1, turn 0: reward is NaN',
      (rewards) => (second(rewards).turns = [NaN]),
    ],
    [
      'CONTRACT_REWARD_NOT_FINITE',
      'trajectory q7/0, turn 1: reward is Infinity',
      (rewards) => (first(rewards).turns = [0, Infinity]),
    ],
    ['CONTRACT_REWARD_NOT_FINITE', 'trajectory q7/0: outcome is NaN', (rewards) => (first(rewards).outcome = NaN)],
    [
      'CONTRACT_REWARD_NOT_FINITE',
      'component style is -Infinity',
      (rewards) => (first(rewards).components = { style: -Infinity }),
    ],
    [
      'CONTRACT_REWARD_LENGTH',
      'trajectory q7/0: returned 1 turn rewards for 2 turns',
      (rewards) => (first(rewards).turns = [1]),
    ],
    ['CONTRACT_REWARD_LENGTH', 'returned rewards for 1, the group has 2 trajectories', (rewards) => rewards.pop()],
  ] as [
    string,
    string,
    (rewards: { turns: readonly number[]; outcome: number | null; components?: object }[]) => unknown,
  ][])('%s names question, trajectory, turn and value', async (code, message, change) => {
    const broken = shaperThat((rewards) => {
      change(rewards);
    });
    await expect(shape(broken)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(shape(broken)).rejects.toThrow(/reward acme: question q7/);
  });

  it('refuses what is no list of rewards', async () => {
    await expect(shape(shaperThat(() => 'nonsense'))).rejects.toMatchObject({
      code: 'CONTRACT_REWARD_LENGTH',
      message: expect.stringContaining('returned string, the group has 2 trajectories'),
    });
    for (const [place, missing] of [
      ['q7/0', { outcome: 1, correct: true }],
      ['q7/1', null],
    ] as const) {
      const broken = shaperThat((rewards) =>
        rewards.map((reward, index) => (`q7/${index}` === place ? missing : reward)),
      );
      await expect(shape(broken)).rejects.toMatchObject({
        code: 'CONTRACT_REWARD_LENGTH',
        message: expect.stringContaining(`trajectory ${place}: returned no turn rewards for`),
      });
    }
    await expect(
      shape(shaperThat((rewards) => rewards.map(({ outcome, turns }) => ({ outcome, turns })))),
    ).rejects.toThrow(/correct is undefined/);
  });

  it('wraps a throw and names the plugin and the question', async () => {
    const cause = new Error('out of ideas');
    const failing: RewardShaper = { shape: () => Promise.reject(cause) };
    await expect(shape(failing)).rejects.toMatchObject({
      code: 'CONTRACT_REWARD_FAILED',
      message: 'reward acme failed on question q7: out of ideas',
      where: 'reward acme',
      cause,
    });
  });

  it('passes an abort on as it is', async () => {
    const controller = new AbortController();
    const stopped = new Error('stopped');
    const aborting: RewardShaper = {
      shape: () => {
        controller.abort(stopped);
        return Promise.reject(stopped);
      },
    };
    await expect(
      shapeGroups([group()], [{ name: 'acme', weight: 1, shaper: aborting }], controller.signal),
    ).rejects.toBe(stopped);
  });

  it.each([
    ['a longer list', (input: TrajectoryGroup) => (input.question.answers as string[]).push('y')],
    ['a changed text', (input: TrajectoryGroup) => ((input.trajectories[0] as { answer: string }).answer = 'y')],
    [
      'numbers in another order',
      (input: TrajectoryGroup) => (input.trajectories[1]?.turns[0]?.output.logprobs as number[]).reverse(),
    ],
  ])('notices %s', async (_what, mutate) => {
    const meddling: RewardShaper = {
      shape: (input) => {
        mutate(input);
        return input.trajectories.map(({ turns }) => ({ outcome: 0, correct: false, turns: turns.map(() => 0) }));
      },
    };
    await expect(shape(meddling)).rejects.toMatchObject({ code: 'CONTRACT_MUTATED_INPUT' });
  });

  it('blames the change, not the error that came of it', async () => {
    const meddling: RewardShaper = {
      shape: (input) => {
        (input.question.answers as string[]).pop();
        throw new TypeError('no answer');
      },
    };
    await expect(shape(meddling)).rejects.toMatchObject({ code: 'CONTRACT_MUTATED_INPUT' });
  });

  it('passes on what is said of a worker, and wraps every other error of ours', async () => {
    const throwing = (error: TurnwiseError) => shape({ shape: () => Promise.reject(error) });
    const late = new TurnwiseError('CONTRACT_REWARD_TIMEOUT', 'reward acme took longer than 10 s');
    await expect(throwing(late)).rejects.toBe(late);
    const other = new TurnwiseError('DATA_INVALID', 'down');
    await expect(throwing(other)).rejects.toMatchObject({ code: 'CONTRACT_REWARD_FAILED', cause: other });
  });

  it('weighs a single shaper too', async () => {
    const [shaped] = await shapeGroups(
      [group()],
      [{ name: 'acme', weight: -2, shaper: shaperThat(() => undefined) }],
      signal,
    );
    expect(shaped?.shaped).toMatchObject([
      { outcome: -2, correct: true, turns: [-2, -2], reasons: [null, null], components: { acme: -2 } },
      { outcome: -2, correct: true, turns: [-2], reasons: [null] },
    ]);
    expect(shaped?.shaped[0]).not.toHaveProperty('firstOccurrence');
  });

  it('asks the first for what is right and answered, and the first that looked for where gold was', async () => {
    const saying = (extra: Partial<TurnRewards>) =>
      shaperThat((rewards) => rewards.map((reward) => ({ ...reward, ...extra })));
    const together = async (...extras: Partial<TurnRewards>[]) => {
      const input = { ...group(), trajectories: [trajectory('q7/0', 1, { answer: null }), trajectory('q7/1', 1)] };
      const shapers = extras.map((extra, index) => ({ name: `r${index}`, weight: 1, shaper: saying(extra) }));
      return first(await shapeGroups([input], shapers, signal)).shaped;
    };
    const looked = await together({ correct: false }, { firstOccurrence: 1 }, { firstOccurrence: 0, answered: true });
    expect(looked).toMatchObject([
      { correct: false, answered: false, firstOccurrence: 1 },
      { correct: false, answered: true, firstOccurrence: 1 },
    ]);
    const told = await together({ answered: true, firstOccurrence: null }, { firstOccurrence: 0, answered: false });
    expect(told[0]).toMatchObject({ correct: true, answered: true, firstOccurrence: null });
  });

  it('abstains where nobody judges', async () => {
    const [shaped] = await shapeGroups([group()], [], signal);
    expect(shaped?.shaped).toMatchObject([
      { outcome: null, correct: false, turns: [0, 0] },
      { outcome: null, correct: false, turns: [0] },
    ]);
  });

  it('adds several shapers up by weight and keeps the parts', async () => {
    const first = shaperThat((rewards) =>
      rewards.map((reward) => ({ ...reward, reasons: reward.turns.map(() => 'right') })),
    );
    const second = shaperThat((rewards) =>
      rewards.map((reward) => ({
        ...reward,
        outcome: 0.5,
        correct: false,
        turns: reward.turns.map(() => 0.5),
        components: { length: 2 },
      })),
    );
    const [shaped] = await shapeGroups(
      [group()],
      [
        { name: 'outcome', weight: 1, shaper: first },
        { name: 'brevity', weight: -0.1, shaper: second },
      ],
      signal,
    );
    expect(shaped?.shaped[0]).toEqual({
      outcome: 0.95,
      correct: true,
      answered: true,
      turns: [0.95, 0.95],
      reasons: ['outcome x 1: right', 'outcome x 1: right'],
      components: { outcome: 1, brevity: -0.05, 'brevity/length': -0.2 },
    });
  });

  it('abstains when any part abstains', async () => {
    const abstaining = shaperThat((rewards) => {
      first(rewards).outcome = null;
    });
    const shapers = [shaperThat(() => undefined), abstaining].map((shaper, index) => ({
      name: `r${index}`,
      weight: 1,
      shaper,
    }));
    const [shaped] = await shapeGroups([group()], shapers, signal);
    expect(shaped?.shaped.map(({ outcome }) => outcome)).toEqual([null, 2]);
    expect(shaped?.shaped[0]?.turns).toEqual([0, 0]);
  });

  it('lets a trajectory that infrastructure ended abstain, whatever the shaper says', async () => {
    const failed = trajectory('q7/0', 2, {
      answer: null,
      stopReason: 'policy-failed',
      failure: { code: 'ROLLOUT_SEARCH', message: 'down' },
    });
    const input = { ...group(), trajectories: [failed] };
    const [shaped] = await shapeGroups(
      [input],
      [{ name: 'acme', weight: 1, shaper: shaperThat(() => undefined) }],
      signal,
    );
    expect(shaped?.shaped[0]).toMatchObject({ outcome: null, correct: false, turns: [0, 0] });
    expect(shaped?.shaped[0]?.reasons?.[0]).toContain('ROLLOUT_SEARCH');
    const own = { outcome: null, correct: false, turns: [0, 0], reasons: ['the server was down', null] };
    const [abstaining] = await shapeGroups(
      [input],
      [{ name: 'acme', weight: 1, shaper: shaperThat(() => [own]) }],
      signal,
    );
    expect(abstaining?.shaped).toEqual([own]);
  });
});
