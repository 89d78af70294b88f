import { describe, expect, it } from '@jest/globals';
import { nearestName, suggestion } from './nearest-name.js';

describe('nearestName', () => {
  it.each([
    ['groupsize', 'groupSize'],
    ['gruopSize', 'groupSize'],
    ['sed', 'seed'],
    ['tpso', 'tspo'],
  ])('%s means %s', (typed, meant) => {
    expect(nearestName(typed, ['rollout', 'groupSize', 'seed', 'tspo', 'grpo'])).toBe(meant);
  });

  it('says nothing when nothing is near', () => {
    expect(nearestName('banana', ['seed', 'rollout'])).toBeNull();
    expect(suggestion('banana', ['seed'])).toBe('');
    expect(suggestion('sead', ['seed'])).toBe(' Did you mean "seed"?');
    expect(suggestion('seed', ['seed'])).toBe('');
  });
});
