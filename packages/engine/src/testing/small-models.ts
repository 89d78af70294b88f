import { createEngine } from '../create-engine.js';
import type { Engine, PackedBatch } from '../engine.js';
import type { RelaxedSimd } from '../kernel-modules.js';
import { normalStream } from '../random-normal.js';
import { transformerConfig, type TransformerConfig, type TransformerConfigInput } from '../transformer-config.js';

/** Odd sizes on purpose: vocabulary and intermediate size need padding, keys and values are shared by two heads. */
export function smallConfig(changes: Partial<TransformerConfigInput> = {}): TransformerConfig {
  return transformerConfig({
    vocabularySize: 29,
    hiddenSize: 32,
    layerCount: 2,
    headCount: 4,
    keyValueHeadCount: 2,
    intermediateSize: 44,
    contextLength: 64,
    ...changes,
  });
}

/**
 * An engine whose taps, biases and norms of heads are far from their initial values, so that an error in them shows.
 */
export function smallEngine(
  changes: Partial<TransformerConfigInput> = {},
  seed = 1,
  relaxedSimd: RelaxedSimd = 'off',
): Engine {
  const engine = createEngine({ config: smallConfig(changes), seed, initialization: { taps: 0.3 }, relaxedSimd });
  for (const { name } of engine.parameters()) {
    // Biases start at 0 and norms of heads at 1, where an error in them would hardly show.
    if (!/\.bias$|[qk]_norm/u.test(name)) continue;
    const normal = normalStream(seed, name);
    engine.writeParameter(
      name,
      engine.readParameter(name).map((value) => value + 0.3 * normal()),
    );
  }
  return engine;
}

/** Numbers in [0, 1) that depend on the seed alone. */
export function uniforms(seed: number): () => number {
  const normal = normalStream(seed, 'uniforms');
  return () => {
    const x = normal() * 1000;
    return x - Math.floor(x);
  };
}

/** Sequences of the given lengths with random tokens, about `fraction` of the positions that can be scored. */
export function randomBatch(
  config: TransformerConfig,
  lengths: readonly number[],
  seed: number,
  fraction = 0.5,
): PackedBatch {
  const uniform = uniforms(seed);
  const offsets = [0];
  for (const length of lengths) offsets.push((offsets.at(-1) ?? 0) + length);
  const tokens = Int32Array.from({ length: offsets.at(-1) ?? 0 }, () => Math.floor(uniform() * config.vocabularySize));
  const starts = new Set(offsets);
  const scored = [...tokens.keys()].filter((p) => !starts.has(p) && uniform() < fraction);
  return { tokens, offsets: Int32Array.from(offsets), scored: Int32Array.from(scored) };
}

/** A batch of one: sequence `index` of a batch, with the same scored positions. */
export function aloneInBatch({ tokens, offsets, scored }: PackedBatch, index: number): PackedBatch {
  const [start, end] = [offsets[index] ?? 0, offsets[index + 1] ?? 0];
  return {
    tokens: tokens.slice(start, end),
    offsets: Int32Array.of(0, end - start),
    scored: scored.filter((p) => p >= start && p < end).map((p) => p - start),
  };
}
