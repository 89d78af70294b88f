import { describe, expect, test } from '@jest/globals';
import { ropeFrequencies, validateRopeScaling, type RopeScaling } from './rope-frequencies.js';
import { ropeFromJson, ropeScalingToJson } from './rope-json.js';
import { smallConfig } from './testing/small-models.js';

const llama3: RopeScaling = {
  kind: 'llama3',
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalContextLength: 64,
};
const frequencies = (ropeScaling: RopeScaling | null): number[] => [
  ...ropeFrequencies(smallConfig({ hiddenSize: 64, headCount: 2, headSize: 32, ropeTheta: 10_000, ropeScaling })),
];
const plain = Array.from({ length: 16 }, (_, pair) => Math.exp((-2 * pair * Math.log(10_000)) / 32));
const expectClose = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => expect(value / (expected[i] ?? NaN)).toBeCloseTo(1, 10));
};

describe('frequencies', () => {
  test('fall from 1 by the same factor from pair to pair', () => expectClose(frequencies(null), plain));

  test('are divided where positions are', () => {
    expectClose(
      frequencies({ kind: 'linear', factor: 4 }),
      plain.map((frequency) => frequency / 4),
    );
  });

  test('of Llama 3 are kept where they turn often within the old context, divided where seldom, and blended between', () => {
    const turns = (frequency: number): number => (64 * frequency) / (2 * Math.PI);
    const found = frequencies(llama3);
    const kinds = found.map((frequency, i) => {
      const before = plain[i] ?? NaN;
      if (turns(before) > 4) expect(frequency).toBeCloseTo(before, 12);
      else if (turns(before) < 1) expect(frequency).toBeCloseTo(before / 8, 12);
      else {
        // On the straight line from (1 turn, an eighth of the frequency) to (4 turns, all of it).
        const share = 1 / 8 + ((turns(before) - 1) * (1 - 1 / 8)) / 3;
        expect(frequency).toBeCloseTo(before * share, 12);
        return 'blended';
      }
      return turns(before) > 4 ? 'kept' : 'divided';
    });
    expect(new Set(kinds)).toEqual(new Set(['kept', 'blended', 'divided']));
    // Ever lower: no pair overtakes another.
    found.slice(1).forEach((frequency, i) => expect(frequency).toBeLessThan(found[i] ?? NaN));
  });
});

test.each<[Partial<Record<string, unknown>>, string]>([
  [{ factor: 0.9 }, 'config.ropeScaling.factor must be a number of at least 1, got 0.9'],
  [{ factor: Infinity }, 'config.ropeScaling.factor'],
  [{ lowFrequencyFactor: 0 }, 'config.ropeScaling.lowFrequencyFactor'],
  [{ originalContextLength: 0.5 }, 'config.ropeScaling.originalContextLength'],
  [{ highFrequencyFactor: 1 }, 'highFrequencyFactor must be above lowFrequencyFactor 1, got 1'],
  [{ highFrequencyFactor: 0.5 }, 'highFrequencyFactor must be above lowFrequencyFactor 1, got 0.5'],
])('a scaling with %j is refused', (changes, message) => {
  expect(() => validateRopeScaling({ ...llama3, ...changes })).toThrow(message);
});

test('scalings at the border are not refused', () => {
  for (const scaling of [llama3, { ...llama3, factor: 1 }, { kind: 'linear', factor: 1 } as const]) {
    expect(() => validateRopeScaling(scaling)).not.toThrow();
  }
});

describe('the rotary positions of a config.json', () => {
  test('are read from either place, and are those of a plain Llama where nothing is said', () => {
    expect(ropeFromJson({})).toEqual({ ropeTheta: 10_000, ropeScaling: null });
    expect(ropeFromJson({ rope_theta: 5, rope_scaling: null })).toEqual({ ropeTheta: 5, ropeScaling: null });
    expect(ropeFromJson({ rope_parameters: { rope_theta: 7, partial_rotary_factor: 1 } })).toEqual({
      ropeTheta: 7,
      ropeScaling: null,
    });
    for (const scaling of [llama3, { kind: 'linear', factor: 3 } as const]) {
      expect(ropeFromJson({ rope_scaling: ropeScalingToJson(scaling) })).toEqual({
        ropeTheta: 10_000,
        ropeScaling: scaling,
      });
    }
    expect(ropeScalingToJson(null)).toBeNull();
  });

  test.each([
    [{ rope_theta: '7' }, 'rope_theta: expected a number, found "7"'],
    [{ rope_scaling: [2] }, 'rope_scaling: expected an object or null, found [2]'],
    [{ rope_parameters: 'linear' }, 'rope_parameters: expected an object or null'],
    [{ rope_scaling: { partial_rotary_factor: 0.5 } }, 'rope_scaling.partial_rotary_factor: expected 1, found 0.5'],
    [{ rope_scaling: { rope_type: 'linear', factor: '2' } }, 'rope_scaling.factor: expected a number, found "2"'],
    [{ rope_parameters: { rope_type: 'dynamic' } }, 'rope_parameters.rope_type: expected default, linear or llama3'],
  ])('%j is refused', (json, message) => {
    expect(() => ropeFromJson(json)).toThrow(message);
  });
});
