import { describe, expect, it } from '@jest/globals';
import { createEngine, transformerConfig } from '@turnwise/engine';
import { scoreRequests } from './score-requests.js';

const config = transformerConfig({
  vocabularySize: 30,
  hiddenSize: 16,
  layerCount: 1,
  headCount: 2,
  contextLength: 16,
});
const engine = createEngine({ config, seed: 3 });
const tokens = (length: number, first = 1): number[] => Array.from({ length }, (_, index) => (first + 7 * index) % 30);

describe('scoreRequests', () => {
  it('gives what the decoder says of the same tokens, to the bit, however requests are split into passes', () => {
    const requests = [
      { tokenIds: tokens(9), from: 5 },
      { tokenIds: tokens(4, 2), from: 1 },
      { tokenIds: tokens(16, 3), from: 15 },
      { tokenIds: tokens(6, 4), from: 6 },
    ];
    const expected = requests.map(({ tokenIds, from }) => {
      const decoder = engine.openDecoder({ slots: 1 });
      const scores: number[] = [];
      tokenIds.forEach((token, position) => {
        if (position >= from) {
          const logits = decoder.extend([
            { slot: 0, tokens: position === from ? tokenIds.slice(0, from) : tokenIds.slice(position - 1, position) },
          ]);
          const peak = Math.max(...logits);
          const total = logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0);
          scores.push((logits[token] as number) - peak - Math.log(total));
        }
      });
      decoder.close();
      return scores;
    });
    for (const maxTokens of [1, 10, 100]) {
      const scored = scoreRequests(engine, requests, maxTokens);
      scored.forEach((row, index) => {
        expect(row).toHaveLength(expected[index]?.length ?? NaN);
        row?.forEach((value, token) => expect(value).toBeCloseTo(expected[index]?.[token] ?? NaN, 5));
      });
      expect(scored).toEqual(scoreRequests(engine, requests, 100));
    }
  });

  it('gives null for what does not fit, and refuses a position outside', () => {
    expect(scoreRequests(engine, [{ tokenIds: tokens(17), from: 3 }], 100)).toEqual([null]);
    expect(scoreRequests(engine, [], 100)).toEqual([]);
    for (const from of [0, 5, 1.5]) {
      expect(() => scoreRequests(engine, [{ tokenIds: tokens(4), from }], 100)).toThrow(`from 1 to 4, got ${from}`);
    }
  });
});
