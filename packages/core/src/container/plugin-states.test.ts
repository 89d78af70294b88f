import { describe, expect, it } from '@jest/globals';
import { resumableStream } from '../random/index.js';
import { PluginStates, type SavedPlugins } from './plugin-states.js';

/** A plugin that counts, as one of its kind is made for a run. */
class Counting {
  count = 0;
  state = (): unknown => ({ count: this.count });
  restore(state: { readonly count: number }): void {
    this.count = state.count;
  }
}

const statesOf = (instance: unknown): PluginStates => {
  const states = new PluginStates();
  states.add('reward moody', resumableStream(1, 'moody'), instance);
  return states;
};
const giving = (state: unknown): PluginStates => statesOf({ state: () => state });

describe('PluginStates', () => {
  it('brings plugins and their random streams to where they were, through JSON', () => {
    const [random, moody] = [resumableStream(1, 'moody'), new Counting()];
    const states = new PluginStates();
    states.add('reward moody', random, moody);
    states.add('search plain', resumableStream(1, 'plain'), {});
    random.next();
    moody.count = 3;
    const saved = JSON.parse(JSON.stringify(states.save())) as SavedPlugins;
    expect(Object.keys(saved['search plain'] ?? {})).toEqual(['random']);
    const rest = [random.next(), random.next()];

    const [laterRandom, later] = [resumableStream(1, 'moody'), new Counting()];
    const others = new PluginStates();
    others.add('reward moody', laterRandom, later);
    // A plugin that is no longer there is no fault: the configuration was compared before.
    others.restore(saved);
    expect(later.count).toBe(3);
    expect([laterRandom.next(), laterRandom.next()]).toEqual(rest);
  });

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['Infinity deep inside', { a: [1, { b: Number.POSITIVE_INFINITY }] }],
    ['undefined inside', { a: undefined }],
    ['a function', { a: () => 1 }],
    ['a Map', new Map()],
    ['a Date', [new Date(0)]],
    ['a class', new Counting()],
    ['a big integer', { a: 1n }],
  ])('refuses a state with %s', (_, state) => {
    expect(() => giving(state).save()).toThrow(
      expect.objectContaining({ code: 'CONTRACT_STATE_INVALID', where: 'reward moody' }),
    );
  });

  it('refuses a state that holds itself, and takes one that holds something twice', () => {
    const loop: Record<string, unknown> = {};
    loop['again'] = [loop];
    expect(() => giving(loop).save()).toThrow(expect.objectContaining({ code: 'CONTRACT_STATE_INVALID' }));
    const shared = { a: 1 };
    expect(giving([shared, shared]).save()['reward moody']?.state).toEqual([shared, shared]);
  });

  it('takes whatever JSON holds, also nothing', () => {
    const all = [null, true, '', 0, -1.5, [], {}, Object.create(null), { a: [{ b: null }] }];
    for (const state of all) expect(giving(state).save()['reward moody']).toHaveProperty('state', state);
    expect(giving(undefined).save()['reward moody']).not.toHaveProperty('state');
  });

  it('says which plugin failed to give or to take its state', () => {
    const broken = {
      state: () => 1,
      restore: () => {
        throw new TypeError('no such field');
      },
    };
    const failing = statesOf({ state: broken.restore });
    const failed = (method: string) =>
      expect.objectContaining({ message: `reward moody: ${method}() failed: no such field` });
    expect(() => failing.save()).toThrow(failed('state'));
    const saved = statesOf(broken).save();
    expect(() => statesOf(broken).restore(saved)).toThrow(failed('restore'));
    expect(() => statesOf({}).restore(saved)).toThrow('has state in the checkpoint and no restore()');
  });
});
