import type { RewardShaper, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import { demand, type Rule } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { withInstance } from '../subject.js';
import { settled } from '../within.js';
import { edgeGroups, plainGroup } from './edge-groups.js';
import { demandLengths, demandNumbers, shape, type RewardSubject } from './reward-subject.js';

type RewardRule = Rule<RewardSubject>;

/** Does something with every group of the suite and what the reward says of it. */
async function eachGroup(
  subject: RewardSubject,
  judge: (group: TrajectoryGroup, rewards: readonly TurnRewards[], shaper: RewardShaper) => Promise<void> | void,
): Promise<void> {
  await withInstance(subject, async (shaper) => {
    for (const group of subject.groups) await judge(group, await shape(shaper, group), shaper);
  });
}

/** A result that must not depend on something that was changed in the group. */
function unmoved(
  id: string,
  says: string,
  change: (group: TrajectoryGroup) => TrajectoryGroup,
  mend: string,
): RewardRule {
  return {
    id,
    says,
    check: (subject) =>
      eachGroup(subject, async (group, rewards, shaper) => {
        const again = await shape(shaper, change(group));
        demand(
          subject.plugin.deterministic === false || sameValue(numbersOf(again), numbersOf(rewards), 1e-9),
          () => `${shown(numbersOf(rewards))} became ${shown(numbersOf(again))} on ${group.question.id}`,
          mend,
        );
      }),
  };
}

/** What counts of rewards; the reasons in words may name ids. */
const numbersOf = (rewards: readonly TurnRewards[]): unknown =>
  rewards.map(({ outcome, correct, turns, firstOccurrence = null }) => ({ outcome, correct, turns, firstOccurrence }));

const rotated = <Item>(items: readonly Item[]): Item[] => [...items.slice(1), ...items.slice(0, 1)];

/** The same value with the fields of every object in the opposite order. */
function reordered<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => reordered(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reordered(item as unknown)]),
  ) as Value;
}

const edgeRules = Object.entries(edgeGroups).map(([name, { says, group: make }]): RewardRule => ({
  id: `reward/${name}`,
  says,
  check: (subject) =>
    withInstance(subject, async (shaper) => {
      const group = make();
      const rewards = await shape(shaper, group);
      demandLengths(group, rewards);
      demandNumbers(group, rewards);
    }),
}));

/** What holds for rewards alone. */
export const rewardRules: readonly RewardRule[] = [
  {
    id: 'reward/length',
    says: 'one entry a trajectory, one number a turn',
    check: (subject) => eachGroup(subject, demandLengths),
  },
  {
    id: 'reward/finite',
    says: 'every number is finite; an outcome may be null',
    check: (subject) => eachGroup(subject, demandNumbers),
  },
  {
    id: 'reward/types',
    says: 'correct is true or false, firstOccurrence a turn or null, reasons one a turn',
    check: (subject) =>
      eachGroup(subject, (group, rewards) => {
        rewards.forEach(({ correct, firstOccurrence = null, reasons, answered }, index) => {
          const { id, turns } = group.trajectories[index] ?? { id: index, turns: [] };
          demand(typeof correct === 'boolean', () => `correct of ${id} is ${shown(correct)}`, 'return true or false');
          demand(
            answered === undefined || typeof answered === 'boolean',
            () => `answered of ${id} is ${shown(answered)}`,
            'return true or false, or leave it out',
          );
          demand(
            firstOccurrence === null ||
              (Number.isInteger(firstOccurrence) && firstOccurrence >= 0 && firstOccurrence < turns.length),
            () => `firstOccurrence of ${id} is ${shown(firstOccurrence)}, and it has ${turns.length} turns`,
            'count turns from 0, and return null when there is none',
          );
          demand(
            reasons === undefined || reasons.length === turns.length,
            () => `${id} has ${turns.length} turns and ${reasons?.length} reasons`,
            'return a reason or null for each turn, or leave reasons out',
          );
        });
      }),
  },
  {
    id: 'reward/unchanged-input',
    says: 'the group is only read',
    check: (subject) =>
      withInstance(subject, async (shaper) => {
        for (const group of subject.groups) {
          const given = structuredClone(group);
          await shaper.shape(given, { signal: new AbortController().signal, step: 1 });
          demand(
            sameValue(given, group),
            () => `the group ${group.question.id} was changed`,
            'copy before sorting or changing',
          );
        }
      }),
  },
  {
    id: 'reward/order',
    says: 'trajectories in another order get the same rewards in that order',
    check: (subject) =>
      eachGroup(subject, async (group, rewards, shaper) => {
        const moved = await shape(shaper, { ...group, trajectories: rotated(group.trajectories) });
        demand(
          subject.plugin.deterministic === false || sameValue(numbersOf(moved), numbersOf(rotated(rewards)), 1e-9),
          () => `${shown(numbersOf(rotated(rewards)))} became ${shown(numbersOf(moved))} on ${group.question.id}`,
          'do not let the place in the group decide',
        );
      }),
  },
  unmoved(
    'reward/ids',
    'the ids of trajectories mean nothing',
    (group) => ({
      ...group,
      trajectories: group.trajectories.map((trajectory, index) => ({ ...trajectory, id: `other/${index + 50}` })),
    }),
    'do not read trajectory.id',
  ),
  unmoved('reward/field-order', 'the order of fields means nothing', reordered, 'read fields by their names'),
  {
    id: 'reward/concurrent',
    says: 'groups scored at once get what they get alone',
    check: (subject) =>
      withInstance(subject, async (shaper) => {
        const alone: unknown[] = [];
        for (const group of subject.groups) alone.push(numbersOf(await shape(shaper, group)));
        const together = await Promise.all(subject.groups.map(async (group) => numbersOf(await shape(shaper, group))));
        demand(
          subject.plugin.deterministic === false || sameValue(together, alone, 1e-9),
          () => `${shown(alone)} became ${shown(together)}`,
          'keep what belongs to one call in that call',
        );
      }),
  },
  {
    id: 'reward/abort',
    says: 'a run that ends is not held up',
    check: (subject) =>
      withInstance(subject, async (shaper) => {
        const occasion = { signal: AbortSignal.abort(new Error('the run ends')), step: 1 };
        await settled(subject.seconds, 'shape() after an abort', () =>
          shaper.shape(structuredClone(plainGroup), occasion),
        );
      }),
  },
  ...edgeRules,
];

/** Only when claimed. */
export const goldFreeRule: RewardRule = unmoved(
  'reward/gold-free',
  'other gold answers change nothing, as claimed',
  (group) => ({ ...group, question: { ...group.question, answers: ['something else entirely'] } }),
  'do not read question.answers, or withdraw the claim',
);
