import { sampleToken, transformerConfig, type Engine, type PackedBatch, type RelaxedSimd } from '@turnwise/engine';
import { loadKernels } from '../../packages/engine/src/load-kernels.js';
import { WasmEngine } from '../../packages/engine/src/wasm-engine.js';
import { openblasPeak } from './engine-profile/openblas-peak.js';
import { TimedKernels, type KernelTotals } from './engine-profile/timed-kernels.js';

const vocabularySize = 600;

/**
 * Where the embedded engine's time goes: per kernel its share of a training step (32 sequences of 192 tokens, all scored) and of a
 * decoding step (64 sequences, one token each, from 160 cached tokens), its GFLOP/s, and how far that is from what this
 * machine's processor does in one thread with OpenBLAS, when Python with numpy is present.
 *
 * Options: `repetitions` (default 9), `python` (default `python3`), `relaxedSimd` = `off` (default), `on` or `auto`.
 */
export default function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const repetitions = Number(options['repetitions'] ?? 9);
  const peak = openblasPeak(options['python'] ?? 'python3');
  const relaxedSimd = requireRelaxedSimd(options['relaxedSimd'] ?? 'off');
  const small = transformerConfig({ vocabularySize });
  const large = transformerConfig({ vocabularySize, hiddenSize: 128, layerCount: 4 });
  const models = Object.entries({ 'd64, 2 layers': small, 'd128, 4 layers': large }).map(([name, config]) => {
    const timed = new TimedKernels();
    const kind = { trainable: true, lora: null, optimizer: true };
    const load = (pages: number) => timed.wrap(loadKernels(pages, relaxedSimd));
    const engine = new WasmEngine(config, 1, {}, 2 ** 31, kind, false, load);
    const training = profile(timed, repetitions, trainingStep(engine));
    const decoding = profile(timed, repetitions, decodingStep(engine));
    return [name, { engine: engine.name, training, decoding }];
  });
  return Promise.resolve({
    unit: 'milliseconds a step, least of the repetitions call by call; GFLOP/s of matrix products; share of the step',
    openblasGflops: peak,
    ...Object.fromEntries(models),
  });
}

/**
 * `step` is processor time, the least of repetitions without timing inside; what kernels do not account for
 * (`outsideKernels`) is JavaScript: planning, copying, sampling.
 */
function profile(timed: TimedKernels, repetitions: number, { prepare, run }: Pass) {
  const whole: number[] = [];
  for (let repetition = -3; repetition < repetitions; repetition++) {
    prepare();
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    if (repetition >= 0) whole.push((user + system) / 1000);
  }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    prepare();
    timed.repeat(run);
  }
  const step = Math.min(...whole);
  const totals = timed.totals();
  const inKernels = totals.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return {
    step: round(step),
    kernels: Object.fromEntries(totals.map((total) => [total.kernel, describe(total, step)])),
    outsideKernels: { milliseconds: round(step - inKernels), share: round((step - inKernels) / step) },
  };
}

function describe({ calls, milliseconds, operations }: KernelTotals, step: number) {
  const rate = operations > 0 ? { gflops: round(operations / milliseconds / 1e6) } : {};
  return { calls, milliseconds: round(milliseconds), share: round(milliseconds / step), ...rate };
}

interface Pass {
  readonly prepare: () => void;
  readonly run: () => void;
}

function trainingStep(engine: Engine): Pass {
  const [count, length] = [32, 192];
  const tokens = Int32Array.from({ length: count * length }, (_, i) => (i * 7919 + ((i * i) >> 3)) % vocabularySize);
  const batch: PackedBatch = {
    tokens,
    offsets: Int32Array.from({ length: count + 1 }, (_, s) => s * length),
    scored: Int32Array.from([...tokens.keys()].filter((position) => position % length !== 0)),
  };
  const gradient = { logprobs: new Float32Array(batch.scored.length).fill(-1 / batch.scored.length) };
  return {
    prepare: () => undefined,
    run: () => {
      engine.zeroGradients();
      engine.forward(batch);
      engine.backward(gradient);
      engine.optimizerStep({ learningRate: 1e-4 });
    },
  };
}

function decodingStep(engine: Engine): Pass {
  const [slots, context] = [64, 160];
  const decoder = engine.openDecoder({ slots });
  const prompts = Array.from({ length: slots }, (_, slot) => {
    return { slot, tokens: Array.from({ length: context }, (_token, i) => (i * 7919 + slot * 31) % vocabularySize) };
  });
  let logits = decoder.extend(prompts);
  return {
    prepare: () => {
      for (const { slot } of prompts) decoder.truncate(slot, context);
    },
    run: () => {
      const items = prompts.map(({ slot }) => {
        const uniform = (slot * 0.618034) % 1;
        const { token } = sampleToken(logits, slot * vocabularySize, vocabularySize, { temperature: 1, uniform });
        return { slot, tokens: [token] };
      });
      logits = decoder.extend(items);
    },
  };
}

function requireRelaxedSimd(value: string): RelaxedSimd {
  if (value === 'auto' || value === 'on' || value === 'off') return value;
  throw new Error(`relaxedSimd must be auto, on or off, got ${value}`);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
