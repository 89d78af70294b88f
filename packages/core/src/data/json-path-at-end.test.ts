import { describe, expect, it } from '@jest/globals';
import { jsonPathAtEnd } from './json-path-at-end.js';

describe('jsonPathAtEnd', () => {
  it.each([
    ['', ''],
    ['{"a', ''],
    ['{"a"', 'a'],
    ['{"a": 1, "b": [true, {"c\\"d": "e, [', 'b[1].c\\"d'],
    ['{"a": [1, 2], ', ''],
    ['[[], [0, 1', '[1][1]'],
    [
      '{"question":{"id":"q"},"trajectories":[{"turns":[]},{"turns":[{"output":{"text":"x:',
      'trajectories[1].turns[0].output.text',
    ],
  ])('of %j is %j', (text, path) => {
    expect(jsonPathAtEnd(text)).toBe(path);
  });
});
