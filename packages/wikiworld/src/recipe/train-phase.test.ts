import { describe, expect, it } from '@jest/globals';
import { createSearchR1Protocol, type SearchTool } from '@turnwise/core';
import { createEngine, loadTokenizer, transformerConfig } from '@turnwise/engine';
import { worldProtocol } from '../protocol.js';
import { tokenizerJson } from '../tokenizer/tokenizer-json.js';
import { practice } from './base-profile.js';
import { drawDemonstrations } from './draw-demonstrations.js';
import { recipeSettings } from './settings.js';
import { packSequences, tokenSequence } from './token-sequence.js';
import { learningRateAt, trainPhase } from './train-phase.js';

const tokenizer = loadTokenizer(tokenizerJson());
const search: SearchTool = {
  search: (queries) => Promise.resolve(queries.map(() => ({ status: 'empty' as const, hits: [] }))),
};
const demonstrations = () =>
  drawDemonstrations({
    seed: 1,
    profile: practice,
    questionKinds: recipeSettings.questionKinds,
    protocol: createSearchR1Protocol(worldProtocol),
    makeSearch: () => search,
    perWorld: 20,
  });

describe('tokenSequence', () => {
  it('scores exactly what the policy wrote', async () => {
    const { value } = await demonstrations().next();
    const { tokens, scored } = tokenSequence(value, tokenizer, 512);
    const written = value.turns.map(({ output }) => output).join(' ');
    expect(tokenizer.decode(scored.map((position) => tokens[position] ?? -1))).toBe(written);
    expect(tokenSequence(value, tokenizer, 20).scored.every((position) => position < 20)).toBe(true);
  });

  it('packs sequences end to end', () => {
    const packed = packSequences([
      { tokens: [5, 6, 7], scored: [2] },
      { tokens: [8, 9], scored: [1] },
    ]);
    expect(packed).toEqual({
      tokens: Int32Array.of(5, 6, 7, 8, 9),
      offsets: Int32Array.of(0, 3, 5),
      scored: Int32Array.of(2, 4),
    });
  });
});

describe('trainPhase', () => {
  const schedule = { steps: 30, tokensPerStep: 500, peakLearningRate: 3e-3, warmupSteps: 5, decayFrom: 0.5 };

  it('learns, and the same way each time', async () => {
    const train = async (): Promise<{ weights: Float32Array; loss: number }> => {
      const engine = createEngine({ config: transformerConfig({ vocabularySize: tokenizer.vocabularySize }), seed: 1 });
      let loss = Infinity;
      await trainPhase(engine, tokenizer, demonstrations(), schedule, (progress) => (loss = progress.loss));
      return { weights: engine.readParameter('model.embed_tokens.weight'), loss };
    };
    const [one, other] = [await train(), await train()];
    expect(one.loss).toBeLessThan(9);
    expect(other).toEqual(one);
  });

  it('warms up, holds and decays the learning rate', () => {
    expect(learningRateAt(1, schedule)).toBeCloseTo(6e-4);
    expect(learningRateAt(10, schedule)).toBeCloseTo(3e-3);
    expect(learningRateAt(30, schedule)).toBeCloseTo(1.5e-4);
  });
});
