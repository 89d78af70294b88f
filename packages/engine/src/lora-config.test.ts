import { expect, test } from '@jest/globals';
import { loraScale, loraTargets, validateLora, type LoraConfig } from './lora.js';

const lora: LoraConfig = { rank: 4, alpha: 6, targets: ['q_proj', 'v_proj'] };

test('adapters are scaled by alpha over the rank, or over its root', () => {
  expect(loraScale(lora)).toBe(1.5);
  expect(loraScale({ ...lora, rankStabilised: false })).toBe(1.5);
  expect(loraScale({ ...lora, rankStabilised: true })).toBe(3);
});

test.each<[object, string]>([
  [{ rank: 0 }, 'lora.rank must be a whole number from 1 to 1024, got 0'],
  [{ rank: 1025 }, 'got 1025'],
  [{ rank: 2.5 }, 'got 2.5'],
  [{ alpha: 0 }, 'lora.alpha must be a positive number, got 0'],
  [{ alpha: -1 }, 'got -1'],
  [{ alpha: Infinity }, 'got Infinity'],
  [{ targets: [] }, 'lora.targets must be one or more of q_proj'],
  [{ targets: ['q_proj', 'q_proj'] }, 'each once, got ["q_proj","q_proj"]'],
  [{ targets: ['q_proj', 'lm_head'] }, 'got "lm_head"'],
])('%j is refused', (changes, message) => {
  expect(() => validateLora({ ...lora, ...changes })).toThrow(message);
});

test('the smallest and the largest are not', () => {
  for (const rank of [1, 1024]) expect(() => validateLora({ rank, alpha: 1e-3, targets: loraTargets })).not.toThrow();
});
