import { expect, test } from '@jest/globals';
import { transformerConfig, validateConfig, type TransformerConfig } from './transformer-config.js';

test('a configuration is filled up to the small policy', () => {
  expect(transformerConfig({ vocabularySize: 100 })).toEqual({
    vocabularySize: 100,
    hiddenSize: 64,
    layerCount: 2,
    headCount: 4,
    keyValueHeadCount: 4,
    headSize: 16,
    // 8 / 3 of the width, in whole eights.
    intermediateSize: 176,
    contextLength: 512,
    ropeTheta: 10_000,
    ropeScaling: null,
    rmsNormEpsilon: 1e-5,
    shiftTaps: 3,
    tiedEmbedding: true,
    queryKeyValueBias: false,
    attentionOutBias: false,
    feedForwardBias: false,
    queryKeyNorm: false,
  });
  expect(transformerConfig({ vocabularySize: 9, hiddenSize: 48, headCount: 2 })).toMatchObject({
    keyValueHeadCount: 2,
    headSize: 24,
    intermediateSize: 128,
  });
});

const borders: readonly (readonly [keyof TransformerConfig, number, number])[] = [
  ['vocabularySize', 2, 1 << 20],
  ['layerCount', 1, 256],
  ['intermediateSize', 1, 1 << 16],
  ['contextLength', 2, 1 << 20],
  ['shiftTaps', 0, 64],
];

test.each(borders)('%s is a whole number from %d to %d', (field, least, most) => {
  const config = transformerConfig({ vocabularySize: 100 });
  for (const value of [least, most]) expect(() => validateConfig({ ...config, [field]: value })).not.toThrow();
  for (const value of [least - 1, most + 1, least + 0.5, NaN, '8', null]) {
    expect(() => validateConfig({ ...config, [field]: value })).toThrow(
      `config.${field} must be a whole number from ${least} to ${most}`,
    );
  }
});

test.each<[Partial<TransformerConfig>, string]>([
  [{ rmsNormEpsilon: 0 }, 'config.rmsNormEpsilon must be above 0 and below 1, got 0'],
  [{ rmsNormEpsilon: 1 }, 'got 1'],
  [{ ropeTheta: 0 }, 'config.ropeTheta must be a positive number, got 0'],
  [{ ropeTheta: Infinity }, 'got Infinity'],
  [{ hiddenSize: 60 }, 'config.hiddenSize must be a multiple of 8, got 60'],
  [{ headSize: 12 }, 'must be a multiple of 8 (the SIMD kernels work on 8 lanes), got 12'],
  [{ keyValueHeadCount: 3 }, 'config.keyValueHeadCount must divide headCount 4, got 3'],
])('%j is refused', (changes, message) => {
  expect(() => validateConfig({ ...transformerConfig({ vocabularySize: 100 }), ...changes })).toThrow(message);
});
