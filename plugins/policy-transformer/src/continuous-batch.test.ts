import { describe, expect, it } from '@jest/globals';
import type { Sample } from '@turnwise/core';
import { createEngine, type Decoder } from '@turnwise/engine';
import { ContinuousBatch } from './continuous-batch.js';
import { letterConfig, letterRequest, letterTokenizer, never } from './letter-policy.fixture.js';

/** A batch whose decoder counts the tokens it computes, step by step. */
function countingBatch(slots: number, topK?: number) {
  const decoder = createEngine({ config: letterConfig, seed: 5 }).openDecoder({ slots });
  const steps: number[][] = [];
  const counting: Decoder = {
    slots,
    extend: (items, into) => {
      steps.push(items.map(({ tokens }) => tokens.length));
      return decoder.extend(items, into);
    },
    length: (slot) => decoder.length(slot),
    truncate: (slot, length) => decoder.truncate(slot, length),
    copyPrefix: (from, to, length) => decoder.copyPrefix(from, to, length),
    close: () => decoder.close(),
  };
  const batch = new ContinuousBatch(counting, letterTokenizer(), { vocabularySize: 20, maxTokensPerStep: 512, topK });
  const computed = (): number => steps.flat().reduce((sum, tokens) => sum + tokens, 0);
  return { batch, steps, computed };
}

const prompt = Array.from({ length: 24 }, (_, at) => (at * 7) % 19);

describe('ContinuousBatch', () => {
  it('computes between turns what is new and nothing else', async () => {
    const { batch, computed } = countingBatch(2);
    const first = await batch.sample(letterRequest('a', prompt, 1), never);
    // The last token sampled is not read until something follows it.
    expect(computed()).toBe(prompt.length + first.tokenIds.length - 1);
    const next = [...prompt, ...first.tokenIds, 4, 5, 6];
    const before = computed();
    const second = await batch.sample(letterRequest('a', next, 2), never);
    expect(computed() - before).toBe(1 + 3 + second.tokenIds.length - 1);
  });

  it('reads the prompt of a group once, and every rollout is what it is alone', async () => {
    const group = Array.from({ length: 8 }, (_, index) => letterRequest(`t${index}`, prompt, index));
    const { batch, steps, computed } = countingBatch(16);
    const together = await Promise.all(group.map((request) => batch.sample(request, never)));
    const sampled = together.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    // The prompt, then of each but one rollout the prompt's last token, then what was sampled but for each one's last.
    expect(computed()).toBe(prompt.length + 7 + sampled - 8);
    expect(steps[0]).toEqual([prompt.length]);
    const alone: Sample[] = [];
    for (const request of group) alone.push(await countingBatch(1).batch.sample(request, never));
    expect(together).toEqual(alone);
  });

  it('reads a prompt that was read before and released from what is left of it', async () => {
    const { batch, computed } = countingBatch(2);
    const first = await batch.sample(letterRequest('a', prompt, 1), never);
    batch.release('a');
    const before = computed();
    expect((await batch.sample(letterRequest('b', prompt, 1), never)).tokenIds).toEqual(first.tokenIds);
    expect(computed() - before).toBe(1 + first.tokenIds.length - 1);
    batch.invalidate();
    const after = computed();
    await batch.sample(letterRequest('c', prompt, 1), never);
    expect(computed() - after).toBe(prompt.length + first.tokenIds.length - 1);
  });

  it('lets requests join and leave while others go on', async () => {
    const { batch, steps } = countingBatch(4);
    const long = batch.sample({ ...letterRequest('long', [1, 2], 1), maxTokens: 40, stop: [] }, never);
    while (steps.length < 5) await new Promise((resolve) => setImmediate(resolve));
    const short = await batch.sample({ ...letterRequest('short', [3, 4, 5], 2), maxTokens: 3, stop: [] }, never);
    const joined = steps.findIndex((items) => items.length === 2);
    expect(steps[joined]).toEqual([1, 3]);
    expect(short.tokenIds).toHaveLength(3);
    expect((await long).tokenIds).toHaveLength(40);
    // Three steps of two, and nobody waited: one step a token of the long one.
    expect(steps.filter((items) => items.length === 2)).toHaveLength(3);
    expect(steps).toHaveLength(40);
    const alone = await countingBatch(1).batch.sample(
      { ...letterRequest('x', [1, 2], 1), maxTokens: 40, stop: [] },
      never,
    );
    expect((await long).tokenIds).toEqual(alone.tokenIds);
  });

  it('draws from the k most probable tokens when told to', async () => {
    const greedy = await countingBatch(1).batch.sample({ ...letterRequest('a', prompt, 1), temperature: 0 }, never);
    const samples = await Promise.all(
      [1, 2, 3].map((seed) => countingBatch(1, 1).batch.sample(letterRequest('a', prompt, seed), never)),
    );
    for (const { tokenIds } of samples) expect(tokenIds).toEqual(greedy.tokenIds);
  });
});
