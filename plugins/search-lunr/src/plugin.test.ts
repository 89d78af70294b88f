import { describe, expect, it } from '@jest/globals';
import { lunrOptions } from './options.js';

describe('options', () => {
  it('have defaults and refuse what they do not know', () => {
    expect(lunrOptions.parse({})).toEqual({ titleBoost: 1, k1: 1.2, b: 0.75 });
    expect(lunrOptions.safeParse({ b: 2 }).success).toBe(false);
    expect(lunrOptions.safeParse({ boost: 2 }).success).toBe(false);
  });
});
