import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Trajectory } from '../contract/index.js';
import { groupDeadline, partialGroup } from './group-deadline.js';
import type { RolloutOptions } from './rollout-options.js';

const options = (changes: Partial<RolloutOptions>): RolloutOptions => changes as RolloutOptions;
const finished = (id: string): Trajectory => ({ id, turns: [], answer: 'x', stopReason: 'answered' });
const late = (id: string): Trajectory => ({
  ...{ id, turns: [], answer: null, stopReason: 'aborted' },
  failure: { code: 'ROLLOUT_TIMEOUT', message: 'its group took longer than 2 s' },
});

describe('groupDeadline', () => {
  it('has one clock for all trajectories of the group, which the first of them starts', async () => {
    const deadline = groupDeadline(options({ groupTimeoutSeconds: 0.01 }));
    expect(deadline.hasPassed()).toBe(false);
    const signal = deadline.start();
    expect(deadline.start()).toBe(signal);
    if (signal?.aborted === false) await once(signal, 'abort');
    expect(deadline.hasPassed()).toBe(true);
  });

  it('is long while there is time', () => {
    const deadline = groupDeadline(options({ groupTimeoutSeconds: 1000 }));
    deadline.start();
    expect(deadline.hasPassed()).toBe(false);
  });

  it.each([null, undefined])('has no clock where the limit is %s', (limit) => {
    const deadline = groupDeadline(limit === null ? options({ groupTimeoutSeconds: limit }) : options({}));
    expect(deadline.start()).toBeNull();
    expect(deadline.hasPassed()).toBe(false);
  });
});

describe('partialGroup', () => {
  const failed = (group: readonly Trajectory[]): string[] =>
    group.map(({ failure }) => failure?.message ?? 'none').map((message) => message.replace(/^its group.*/, 'late'));
  const two = options({ groupTimeoutSeconds: 2 });

  it('keeps what finished where at least two did', () => {
    const group = [finished('a'), late('b'), finished('c')];
    expect(failed(partialGroup(group, two))).toEqual(['none', 'late', 'none']);
    expect(failed(partialGroup(group, { ...two, partialGroups: 'keep' }))).toEqual(['none', 'late', 'none']);
  });

  it('drops what finished where it stands alone, or where groups are dropped', () => {
    const dropped = 'dropped with its group, which took longer than 2 s';
    const alone = partialGroup([finished('a'), late('b')], two);
    expect(failed(alone)).toEqual([dropped, 'late']);
    expect(alone[0]).toMatchObject({ answer: 'x', failure: { code: 'ROLLOUT_TIMEOUT' } });
    const group = [finished('a'), late('b'), finished('c')];
    expect(failed(partialGroup(group, { ...two, partialGroups: 'drop' }))).toEqual([dropped, 'late', dropped]);
  });

  it('leaves a group that finished after all as it is, also one of a single trajectory', () => {
    expect(failed(partialGroup([finished('a'), finished('b')], { ...two, partialGroups: 'drop' }))).toEqual([
      'none',
      'none',
    ]);
    expect(failed(partialGroup([finished('a')], two))).toEqual(['none']);
  });
});
