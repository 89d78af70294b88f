import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createEngine, sampleToken, transformerConfig, type Engine, type PackedBatch } from '@turnwise/engine';
import { TfjsTransformer } from '../../packages/engine/src/testing/tfjs-transformer.js';

const vocabularySize = 600;
const sequenceLength = 192;
const contextLength = 128;
const temperature = 1;

/**
 * Speed of the embedded engine beside the same model in plain TensorFlow.js (operations, automatic gradients), on its
 * pure JavaScript backend and on its WebAssembly backend, all in one process on one thread.
 *
 * Training: one step (forward, backward, Adam) over 32 sequences of 192 tokens, all scored; the engine also with one in
 * four scored, in turns of 16, as in reinforcement learning, where the rest comes from the environment. Sampling: 64 sequences grow by 64
 * tokens from a context of 128. The JavaScript backend would need minutes for one step and gets a fraction of the work,
 * so the comparison is in tokens per second. CPU time is what counts on a shared machine; wall time is beside it.
 *
 * Options: `repetitions` of the engine (default 7), `tfjs` = `all` (default), `wasm` or `none`.
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const repetitions = Number(options['repetitions'] ?? 7);
  const small = transformerConfig({ vocabularySize });
  const large = transformerConfig({ vocabularySize, hiddenSize: 128, layerCount: 4 });
  const engine = measureEngine(createEngine({ config: small, seed: 1 }), repetitions);
  const others: Record<string, unknown> = {};
  for (const backend of ['wasm', 'cpu'] as const) {
    if (options['tfjs'] === 'none' || (options['tfjs'] === 'wasm' && backend === 'cpu')) continue;
    const measured = await measureTfjs(createEngine({ config: small, seed: 1 }), backend);
    others[`tfjs-${backend}`] = {
      ...measured,
      engineIsFasterBy: {
        training: ratio(engine.training.tokensPerSecond, measured.training.tokensPerSecond),
        sampling: ratio(engine.sampling.tokensPerSecond, measured.sampling.tokensPerSecond),
      },
    };
  }
  return {
    unit: 'milliseconds of CPU and wall time per repetition; tokens per second of CPU time, from the median',
    models: { small, large },
    engine,
    ...others,
    engineLarge: measureEngine(createEngine({ config: large, seed: 1 }), Math.min(repetitions, 3)),
  };
}

function measureEngine(engine: Engine, repetitions: number) {
  const count = 32;
  const tokens = Int32Array.from(someTokens(count * sequenceLength));
  const batchOf = (isScored: (position: number) => boolean): PackedBatch => ({
    tokens,
    offsets: Int32Array.from({ length: count + 1 }, (_, s) => s * sequenceLength),
    scored: Int32Array.from([...tokens.keys()].filter((p) => p % sequenceLength !== 0 && isScored(p))),
  });
  const turns = (position: number): boolean => Math.floor(position / 16) % 4 === 3;
  const step = (batch: PackedBatch): void => {
    engine.zeroGradients();
    engine.forward(batch);
    engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(-1 / batch.scored.length) });
    engine.optimizerStep({ learningRate: 1e-4 });
  };
  const training = measure(
    count * sequenceLength,
    repetitions,
    repeating(
      step,
      batchOf(() => true),
    ),
  );
  const trainingQuarterScored = measure(count * sequenceLength, repetitions, repeating(step, batchOf(turns)));

  const slots = 64;
  const steps = 64;
  const decoder = engine.openDecoder({ slots });
  const prompts = Array.from({ length: slots }, (_, slot) => ({ slot, tokens: someTokens(contextLength, slot) }));
  let logits = new Float32Array();
  const prefill = (): void => {
    for (const { slot } of prompts) decoder.truncate(slot, 0);
    logits = decoder.extend(prompts) as Float32Array<ArrayBuffer>;
  };
  const sample = (): void => {
    for (let s = 0; s < steps; s++) {
      const items = prompts.map(({ slot }) => {
        const uniform = ((s * slots + slot) * 0.618034) % 1;
        return {
          slot,
          tokens: [sampleToken(logits, slot * vocabularySize, vocabularySize, { temperature, uniform }).token],
        };
      });
      logits = decoder.extend(items) as Float32Array<ArrayBuffer>;
    }
  };
  const reading = measure(slots * contextLength, repetitions, prefill);
  const sampling = measure(slots * steps, repetitions, sample, prefill);
  const residentMegabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  return { training, trainingQuarterScored, reading, sampling, residentMegabytes };
}

async function measureTfjs(engine: Engine, backend: 'cpu' | 'wasm') {
  if (backend === 'wasm') {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    setWasmPaths(join(dirname(manifest), 'dist/'));
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend '${backend}'`);
  const model = new TfjsTransformer(engine);
  const fraction = backend === 'cpu' ? 1 / 16 : 1;
  const repetitions = backend === 'cpu' ? 1 : 3;

  const count = 32 * fraction;
  const tokens = Int32Array.from(someTokens(count * sequenceLength));
  const optimizer = tf.train.adam(1e-4, 0.9, 0.95, 1e-8);
  const train = (): void => void model.trainStep(optimizer, tokens, count);
  const training = measure(count * sequenceLength, repetitions, train);

  const slots = 64 * fraction;
  const steps = 16;
  let decoder = model.openDecoder(slots);
  let logits = new Float32Array();
  const prefill = (): void => {
    decoder = model.openDecoder(slots);
    const prompts = Array.from({ length: slots }, (_, slot) => someTokens(contextLength, slot));
    logits = decoder.extend(prompts) as Float32Array<ArrayBuffer>;
  };
  const sample = (): void => {
    for (let s = 0; s < steps; s++) {
      const added = Array.from({ length: slots }, (_, slot) => {
        const uniform = ((s * slots + slot) * 0.618034) % 1;
        return [sampleToken(logits, slot * vocabularySize, vocabularySize, { temperature, uniform }).token];
      });
      logits = decoder.extend(added) as Float32Array<ArrayBuffer>;
    }
  };
  const sampling = measure(slots * steps, repetitions, sample, prefill);
  return { work: { trainingSequences: count, samplingSequences: slots, samplingSteps: steps }, training, sampling };
}

interface Measurement {
  repetitions: number;
  tokens: number;
  cpu: Spread;
  wall: Spread;
  tokensPerSecond: number;
}

interface Spread {
  median: number;
  least: number;
  most: number;
}

/** Times `work`, after one repetition that does not count if there is more than one; `prepare` is never timed. */
function measure(tokens: number, repetitions: number, work: () => void, prepare: () => void = () => {}): Measurement {
  const cpu: number[] = [];
  const wall: number[] = [];
  for (let repetition = repetitions > 1 ? -1 : 0; repetition < repetitions; repetition++) {
    prepare();
    const [usage, start] = [process.cpuUsage(), performance.now()];
    work();
    const { user, system } = process.cpuUsage(usage);
    if (repetition < 0) continue;
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - start);
  }
  const [cpuSpread, wallSpread] = [spread(cpu), spread(wall)];
  return {
    repetitions,
    tokens,
    cpu: cpuSpread,
    wall: wallSpread,
    tokensPerSecond: Math.round((tokens / cpuSpread.median) * 1000),
  };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => Math.round((sorted[index] ?? NaN) * 10) / 10;
  return { median: at(sorted.length >> 1), least: at(0), most: at(sorted.length - 1) };
}

function repeating(step: (batch: PackedBatch) => void, batch: PackedBatch): () => void {
  return () => step(batch);
}

function ratio(ours: number, theirs: number): number {
  return Math.round((ours / theirs) * 10) / 10;
}

function someTokens(count: number, seed = 0): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7919 + ((i * i) >> 3) + seed * 31) % vocabularySize);
}
