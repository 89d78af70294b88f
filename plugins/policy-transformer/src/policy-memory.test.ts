import { describe, expect, it } from '@jest/globals';
import { createEngine, estimateMemory, transformerConfig } from '@turnwise/engine';
import { policyMemory } from './policy-memory.js';
import { transformerOptions, type TransformerOptions } from './transformer-options.js';

const config = transformerConfig({ vocabularySize: 600, hiddenSize: 64, layerCount: 2, contextLength: 256 });
const workload = { trajectories: 64, policyTokens: 128, reference: false };

function predicted(changes: Partial<TransformerOptions>, of = config, reference = false) {
  const options = { ...transformerOptions.parse({ engine: 'wasm' }), ...changes };
  const memory = policyMemory(of, options, { ...workload, reference });
  return { ...memory, bytes: memory.parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The number before `MB` after some words of a note. */
function megabytesAfter(text: string, words: string): number {
  const found = /([\d.]+) MB/u.exec(text.slice(text.indexOf(words)));
  return Number(found?.[1]);
}

describe('policyMemory', () => {
  it('reckons with every worker, each with its share of the slots, the main thread and what they share', () => {
    const [one, two, four] = [1, 2, 4].map((workers) => predicted({ workers }));
    const cache = (of: typeof one): number => of?.parts.find(({ name }) => name === 'key-value cache')?.bytes ?? NaN;
    expect(cache(two)).toBeLessThan(0.7 * cache(one));
    expect(two?.bytes).toBeLessThan(one?.bytes ?? NaN);
    for (const [count, memory] of [
      [2, two],
      [4, four],
    ] as const) {
      const note = memory?.notes?.[0] ?? '';
      expect(note).toContain(`one of ${count} workers`);
      const main = createEngine({ config, seed: 1 }).peakMemoryBytes ?? NaN;
      expect(megabytesAfter(note, 'main thread')).toBeCloseTo(main / 2 ** 20, 0);
      const floor = (count * (memory?.bytes ?? NaN) + main) / 2 ** 20;
      const all = megabytesAfter(note, 'at most');
      expect(all).toBeGreaterThan(floor);
      expect(all).toBeLessThan(1.2 * floor);
    }
  });

  it('counts the reference of every thread', () => {
    expect(predicted({ workers: 1 }, config, true).notes?.join()).toContain('the KL reference is a second engine');
    expect(predicted({ workers: 2 }, config, true).notes?.join()).toContain('the KL reference is 3 engines more');
    // It is only scored.
    const large = transformerConfig({ vocabularySize: 4000, hiddenSize: 256, layerCount: 4, contextLength: 256 });
    const made = estimateMemory(large, { trainable: false }).bytes;
    const note = predicted({ workers: 1 }, large, true).notes?.find((text) => text.includes('reference')) ?? '';
    expect(megabytesAfter(note, 'reference')).toBeGreaterThan(made / 2 ** 20 - 1);
    expect(megabytesAfter(note, 'reference')).toBeLessThan((2 * made) / 2 ** 20);
  });

  it('is that of the main thread where a worker takes less', () => {
    const large = transformerConfig({ vocabularySize: 8000, hiddenSize: 256, layerCount: 4, contextLength: 64 });
    const memory = predicted({ workers: 2, slots: 2, microBatchTokens: 64, recompute: true }, large);
    expect(memory.notes?.[0]).toContain('that is the main thread; with 2 workers (of');
    expect(memory.parts.map(({ name }) => name)).toContain('moments');
    expect(memory.bytes).toBe(memory.leastBytes);
    expect(predicted({ workers: 2 }).parts.map(({ name }) => name)).not.toContain('moments');
  });

  it('suggests what helps and nothing that is set already', () => {
    const large = transformerConfig({ vocabularySize: 4000, hiddenSize: 256, layerCount: 4, contextLength: 256 });
    const { bytes, remedies } = predicted({}, large);
    const limit = (share: number): number => Math.ceil((share * bytes) / 2 ** 20);
    expect(remedies).toEqual([]);
    const tight = predicted({ memoryLimit: limit(0.95) }, large).remedies;
    expect(tight).toContainEqual(expect.stringMatching(/^microBatchTokens: 256 \(\d+ MB\)$/));
    const wide = predicted({ microBatchTokens: 8192, memoryLimit: limit(1.1) }, large).remedies;
    expect(wide).toContainEqual(expect.stringMatching(/^microBatchTokens: 1024 \(\d+ MB\)$/));
    const set = predicted({ microBatchTokens: 256, slots: 16, recompute: true, memoryLimit: limit(0.3) }, large);
    expect(set.remedies.length).toBeGreaterThan(0);
    expect(set.remedies.join()).not.toMatch(/microBatchTokens|slots|recompute/);
  });
});
