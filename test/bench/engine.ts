import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, saveCheckpoint, transformerConfig, type Engine } from '@turnwise/engine';
import { fullWork, vocabularySize, wordTokenizer, type Contender, type Times } from './engine/contender.js';
import { engineContender, trainingBatch, trainStep } from './engine/engine-contender.js';
import { policyContender } from './engine/policy-contender.js';
import { pytorchContender, type PyTorchContender } from './engine/pytorch-contender.js';
import { round, spread } from './engine/spread.js';
import { tensorflowContender } from './engine/tensorflow-contender.js';

const shapes = {
  'd64, 2 layers': { hiddenSize: 64, layerCount: 2 },
  'd128, 4 layers': { hiddenSize: 128, layerCount: 4 },
};

/**
 * Speed of the embedded engine on one and two worker threads, of the second engine on the backends of TensorFlow.js that
 * install from npm alone, and of eager PyTorch on one and two threads, all on the same weights and batch.
 *
 * Training: a step (forward, backward, clipping, AdamW) over 32 sequences of 192 tokens, all scored. Reading: 64 prompts
 * of 128 tokens. Sampling: 64 tokens after each of them. The contenders take turns, repetition by repetition, so that a
 * machine that grows slower does so for all. TensorFlow.js does a part of the work; speeds are per token.
 *
 * Options: `repetitions` (default 5), `model` (`d64`, `d128`, default both), `tfjs` (`none`, `wasm` by default, `all` with
 * the JavaScript backend), `workers` (default 1,2). PyTorch takes part when TURNWISE_PYTHON names a Python with torch.
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const repetitions = Number(options['repetitions'] ?? 5);
  const models: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    if (options['model'] !== undefined && !name.startsWith(`${options['model']},`)) continue;
    models[name] = await race(shape, repetitions, options);
  }
  return {
    unit: 'milliseconds a repetition; tokens a second from the median wall time and, beside it, from processor time',
    work: fullWork,
    models,
  };
}

async function race(
  shape: { readonly hiddenSize: number; readonly layerCount: number },
  repetitions: number,
  options: Record<string, string>,
): Promise<Record<string, unknown>> {
  // A plain transformer of the Llama family: no shift taps, which PyTorch's side does not have.
  const config = transformerConfig({ vocabularySize, ...shape, contextLength: 256, shiftTaps: 0 });
  const engine = createEngine({ config, seed: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-bench-'));
  await saveCheckpoint(folder, { engine, tokenizer: wordTokenizer() });
  const contenders: Contender[] = [engineContender('wasm, engine alone', createLike(engine), { threads: 1 })];
  for (const workers of (options['workers'] ?? '1,2').split(',')) {
    contenders.push(await policyContender(folder, Number(workers)));
  }
  const python = process.env['TURNWISE_PYTHON'];
  const peers: PyTorchContender[] = [];
  if (python !== undefined && python !== '') {
    for (const threads of [1, 2]) peers.push(await pytorchContender(python, folder, threads));
  }
  const agreement = peers[0] ? await sameModel(createLike(engine), peers[0]) : null;
  contenders.push(...peers);
  const tfjs = options['tfjs'] ?? 'wasm';
  if (tfjs !== 'none') contenders.push(await tensorflowContender(engine, 'wasm'));
  if (tfjs === 'all') contenders.push(await tensorflowContender(engine, 'cpu'));
  const results = await takeTurns(contenders, repetitions);
  for (const contender of contenders) await contender.close();
  return {
    parameters: engine.parameters().reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    ...(agreement ? { lossBesidePyTorch: agreement } : { pytorch: 'not measured: TURNWISE_PYTHON names no Python' }),
    results,
    ratios: ratios(results),
  };
}

/** The loss of five steps in both, to show that it is the same model, batch and optimizer. */
async function sameModel(engine: Engine, peer: PyTorchContender): Promise<Record<string, unknown>> {
  const batch = trainingBatch(fullWork);
  const ours = Array.from({ length: 5 }, () => trainStep(engine, batch));
  const theirs = await peer.losses(5);
  const difference = Math.max(...ours.map((loss, step) => Math.abs(loss - (theirs[step] ?? NaN))));
  if (!(difference < 1e-3)) throw new Error(`not the same model: losses ${ours.join(', ')} and ${theirs.join(', ')}`);
  return { first: round(ours[0] ?? NaN, 5), fifth: round(ours[4] ?? NaN, 5), largestDifference: difference };
}

interface Result {
  readonly about: Contender['about'];
  readonly work?: Contender['work'];
  readonly training: Measured;
  readonly reading: Measured;
  readonly sampling: Measured;
}

interface Measured {
  readonly wall: ReturnType<typeof spread>;
  readonly cpu: ReturnType<typeof spread>;
  readonly tokensPerSecond: number;
  readonly tokensPerProcessorSecond: number;
}

/** One repetition of each in turn; the first round does not count. */
async function takeTurns(contenders: readonly Contender[], repetitions: number): Promise<Record<string, Result>> {
  const times = contenders.map(() => ({ training: [] as Times[], reading: [] as Times[], sampling: [] as Times[] }));
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    for (const [index, contender] of contenders.entries()) {
      const training = await contender.train();
      const { reading, sampling } = await contender.sample();
      if (repetition === 0) continue;
      times[index]?.training.push(training);
      times[index]?.reading.push(reading);
      times[index]?.sampling.push(sampling);
    }
  }
  return Object.fromEntries(
    contenders.map(({ name, about, work }, index) => {
      const own = times[index];
      return [
        name,
        {
          about,
          ...(work === fullWork ? {} : { work }),
          training: measured(own?.training ?? [], work.trainingSequences * work.trainingLength),
          reading: measured(own?.reading ?? [], work.prompts * work.promptTokens),
          sampling: measured(own?.sampling ?? [], work.prompts * work.newTokens),
        },
      ];
    }),
  );
}

function measured(times: readonly Times[], tokens: number): Measured {
  const [wall, cpu] = [spread(times.map((time) => time.wall)), spread(times.map((time) => time.cpu))];
  return {
    wall,
    cpu,
    tokensPerSecond: Math.round((1000 * tokens) / wall.median),
    tokensPerProcessorSecond: Math.round((1000 * tokens) / cpu.median),
  };
}

/** Every contender's speed as a multiple of what it is compared with, by the wall. */
function ratios(results: Readonly<Record<string, Result>>): Record<string, unknown> {
  const ratio = (a: string, b: string): Record<string, number> | undefined => {
    const [ours, theirs] = [results[a], results[b]];
    if (!ours || !theirs) return undefined;
    const of = (kind: 'training' | 'sampling'): number =>
      round(ours[kind].tokensPerSecond / theirs[kind].tokensPerSecond);
    return { training: of('training'), sampling: of('sampling') };
  };
  const pairs = {
    'two workers over one': ratio('wasm, 2 workers', 'wasm, 1 worker'),
    'one worker over PyTorch on one thread': ratio('wasm, 1 worker', 'torch, 1 thread'),
    'two workers over PyTorch on two threads': ratio('wasm, 2 workers', 'torch, 2 threads'),
    'engine alone over TensorFlow.js on wasm': ratio('wasm, engine alone', 'tfjs, wasm'),
  };
  return Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined));
}

function createLike(engine: Engine): Engine {
  const other = createEngine({ config: engine.config, seed: 1 });
  for (const { name } of engine.parameters()) other.writeParameter(name, engine.readParameter(name));
  return other;
}
