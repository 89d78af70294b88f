import { describe, expect, it } from '@jest/globals';
import { applySetOptions } from './apply-set-options.js';
import { parseSetOption } from './set-option.js';

const apply = (value: unknown, ...options: string[]): unknown => applySetOptions(value, options.map(parseSetOption));

describe('parseSetOption', () => {
  it.each([
    ['a.b=3', ['a', 'b'], 3],
    ['a=true', ['a'], true],
    ['a=null', ['a'], null],
    ['a=', ['a'], null],
    ['a=x=y', ['a'], 'x=y'],
    ['reward[0].weight=0.5', ['reward', 0, 'weight'], 0.5],
    ['reward.0.weight=1e-3', ['reward', 0, 'weight'], 0.001],
    ['a={ b: [1, two] }', ['a'], { b: [1, 'two'] }],
  ])('%s', (text, path, value) => {
    expect(parseSetOption(text)).toEqual({ typed: `--set ${text}`, path, value });
  });

  it('takes the name of a scoped package without quotes', () => {
    expect(parseSetOption('search.use=@acme/turnwise-search-x').value).toBe('@acme/turnwise-search-x');
  });

  it.each(['seed', '=3', 'a..b=1', '__proto__.x=1', 'a=[1'])('refuses %s', (text) => {
    expect(() => parseSetOption(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG_USAGE', where: `--set ${text}` }),
    );
  });
});

describe('applySetOptions', () => {
  it('wins over the file, makes what is missing, and leaves the file as it was', () => {
    const file = { rollout: { groupSize: 8 } };
    expect(apply(file, 'rollout.groupSize=4', 'training.steps=2', 'rollout.groupSize=5')).toEqual({
      rollout: { groupSize: 5 },
      training: { steps: 2 },
    });
    expect(file).toEqual({ rollout: { groupSize: 8 } });
  });

  it('drops the explicit pair for a strategy', () => {
    const file = { reward: { use: 'a' }, advantage: { use: 'b' } };
    expect(apply(file, 'strategy=grpo')).toEqual({ strategy: 'grpo' });
  });

  it('replaces a strategy by its pair to change a part of it, in whatever order the options come', () => {
    const expected = {
      reward: { use: 'folr', with: { alpha: 0.3, credit: 'prefix', requireAnswer: true }, weight: 1 },
      advantage: { use: 'tspo', with: { allWrongScale: 0.5 } },
    };
    expect(apply({ strategy: 'grpo' }, 'reward.with.alpha=0.3', 'strategy=tspo')).toEqual(expected);
    expect(apply({}, 'reward.with.alpha=0.3')).toEqual(expected);
  });

  it('expands strategies of the user', () => {
    const strategies = { mine: { reward: { use: 'x' }, advantage: { use: 'y' } } };
    expect(apply({ strategy: 'mine', strategies }, 'advantage.with.a=1')).toEqual({
      strategies,
      reward: { use: 'x' },
      advantage: { use: 'y', with: { a: 1 } },
    });
  });

  it('reaches a reward with or without a list around it', () => {
    const pair = { reward: { use: 'a' }, advantage: { use: 'b' } };
    expect(apply(pair, 'reward[0].weight=2')).toMatchObject({ reward: [{ use: 'a', weight: 2 }] });
    expect(apply({ ...pair, reward: [{ use: 'a' }] }, 'reward.weight=2')).toMatchObject({ reward: { weight: 2 } });
    expect(apply(pair, 'reward[1]={ use: c }')).toMatchObject({ reward: [{ use: 'a' }, { use: 'c' }] });
  });

  it("drops another plugin's options and the other kind of data source", () => {
    const file = { policy: { use: 'transformer', with: { base: 'quickstart' } }, corpus: { file: 'c.jsonl' } };
    expect(apply(file, 'policy.use=scripted', 'corpus.world=wikiworld', 'corpus.seed=3')).toEqual({
      policy: { use: 'scripted' },
      corpus: { world: 'wikiworld', seed: 3 },
    });
    expect(apply(file, 'policy.with.x=1', 'policy.use=scripted')).toMatchObject({ policy: { with: { x: 1 } } });
    expect(apply(file, 'policy.use=transformer')).toEqual(file);
  });

  it.each([
    [{ seed: 1 }, 'seed.x=2', 'seed is 1, which has no keys'],
    [{ trackers: [] }, 'trackers.x=2', 'trackers is a list of 0; expected an index from 0 to 0'],
    [{ trackers: [] }, 'trackers[4].use=x', 'expected an index from 0 to 0'],
  ])('refuses %j with %s', (file, option, message) => {
    expect(() => apply(file, option)).toThrow(message);
    expect(() => apply(file, option)).toThrow(expect.objectContaining({ code: 'CONFIG_USAGE' }));
  });
});
