import { Heap } from './heap.js';
import { loadKernels, type Address, type Kernels } from './load-kernels.js';
import { roundUpTo8 } from './parameter-layout.js';

export interface SampleOptions {
  /** Divides the logits; 0 takes the most probable token, the lowest id among equals. */
  readonly temperature: number;
  /** Keeps this many of the most probable tokens, the lowest ids among equals; a whole number from 1. Default: all. */
  readonly topK?: number;
  /**
   * Keeps the fewest most probable tokens whose probabilities, among those that `topK` kept, sum to at least this, in
   * (0, 1]. Default 1: all.
   */
  readonly topP?: number;
  /** A uniform random number in [0, 1): the draw is a function of it and the logits. */
  readonly uniform: number;
}

export interface SampledToken {
  readonly token: number;
  /**
   * Log-probability under softmax(logits / temperature), over the whole vocabulary also when `topK` or `topP` cut it: that is
   * what training differentiates. At temperature 0, under temperature 1. Equal to the bit to what `Engine.forward`
   * returns for the token with unchanged weights.
   */
  readonly logprob: number;
}

/**
 * Draws a token from logits[offset, offset + vocabularySize). Throws on a temperature below 0, on topK, topP or uniform
 * out of range, on logits of NaN or Infinity, and where all are -Infinity; a single token is masked by -Infinity.
 */
export function sampleToken(
  logits: Float32Array,
  offset: number,
  vocabularySize: number,
  { temperature, topK = Infinity, topP = 1, uniform }: SampleOptions,
): SampledToken {
  if (!(temperature >= 0 && temperature < Infinity))
    throw new Error(`temperature must be 0 or more, got ${temperature}`);
  if (!(topK >= 1 && (Number.isInteger(topK) || topK === Infinity))) {
    throw new Error(`topK must be a whole number from 1, got ${topK}`);
  }
  if (!(topP > 0 && topP <= 1)) throw new Error(`topP must be above 0 and at most 1, got ${topP}`);
  if (!(uniform >= 0 && uniform < 1)) throw new Error(`uniform must be at least 0 and below 1, got ${uniform}`);
  if (offset < 0 || vocabularySize < 1 || offset + vocabularySize > logits.length) {
    throw new Error(`logits [${offset}, ${offset + vocabularySize}) lie outside the ${logits.length} given`);
  }
  const row = logits.subarray(offset, offset + vocabularySize);
  if (table?.vocabularySize !== vocabularySize) table = new SamplingTable(vocabularySize);
  return table.sample(row, temperature, Math.min(topK, vocabularySize), topP, uniform);
}

/** Room for one row of logits beside the kernels, kept from call to call. */
let table: SamplingTable | undefined;

class SamplingTable {
  private readonly kernels: Kernels;
  private readonly padded: number;
  private readonly logits: Address;
  private readonly weights: Address;
  private readonly result: Address;
  /** Views of the addresses above. They are kept, because this memory never grows. */
  private readonly row: Float32Array;
  private readonly probabilities: Float32Array;
  private readonly token: Int32Array;
  private readonly score: Float32Array;

  constructor(readonly vocabularySize: number) {
    this.padded = roundUpTo8(vocabularySize);
    const bytes = 2 * this.padded * 4 + 2 * 65_536;
    const { kernels, memory } = loadKernels(Math.ceil(bytes / 65_536));
    this.kernels = kernels;
    const heap = new Heap(memory, kernels.heapBase(), Math.ceil(bytes / 65_536) * 65_536);
    this.logits = heap.allocate(this.padded * 4, 'a row of logits');
    this.weights = heap.allocate(this.padded * 4, 'a row of weights');
    this.result = heap.allocate(64, 'a token');
    this.row = heap.floats(this.logits, vocabularySize);
    this.probabilities = heap.floats(this.weights, vocabularySize);
    this.token = heap.integers(this.result, 1);
    this.score = heap.floats(this.result + 16, 1);
    kernels.maskPadding(this.logits, 1, vocabularySize, this.padded);
  }

  sample(row: Float32Array, temperature: number, topK: number, topP: number, uniform: number): SampledToken {
    const { kernels, logits, weights, padded, vocabularySize } = this;
    this.row.set(row);
    const inverseTemperature = temperature === 0 ? 1 : 1 / temperature;
    const total = kernels.softmaxWeights(logits, weights, padded, inverseTemperature);
    if (!(total < Infinity)) throw new Error('the logits are not finite');
    let token: number;
    if (temperature === 0) token = argmax(row);
    else if (topP === 1 && topK === vocabularySize) token = kernels.drawIndex(weights, vocabularySize, uniform * total);
    else token = drawTop(this.probabilities, topK, topP, uniform);
    // Where every logit is masked, all weight lies on the padding, or there is none.
    if (!((this.probabilities[token] ?? 0) > 0)) throw new Error('no token can be drawn: every logit is -Infinity');
    return { token, logprob: this.logprob(token, inverseTemperature) };
  }

  /** By the kernel that scores tokens in training, so that both say the same. */
  private logprob(token: number, inverseTemperature: number): number {
    const { kernels, logits, result, padded } = this;
    this.token[0] = token;
    kernels.scoreTargets(logits, result, 1, padded, inverseTemperature, result + 16, result + 32, result + 48);
    return this.score[0] ?? NaN;
  }
}

function argmax(row: Float32Array): number {
  let best = 0;
  let peak = -Infinity;
  for (let token = 0; token < row.length; token++) {
    const logit = row[token] ?? NaN;
    if (logit > peak) {
      peak = logit;
      best = token;
    }
  }
  return best;
}

/**
 * Fan et al. 2018, "Hierarchical Neural Story Generation", section 5.4 (top-k), then Holtzman et al. 2020, "The Curious
 * Case of Neural Text Degeneration", section 3.1 (top-p).
 */
function drawTop(weights: Float32Array, topK: number, topP: number, uniform: number): number {
  const order = Array.from(weights.keys());
  order.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  order.length = topK;
  const mass = topP * order.reduce((sum, token) => sum + (weights[token] ?? 0), 0);
  let kept = 0;
  let count = 0;
  while (count < order.length && kept < mass) kept += weights[order[count++] ?? 0] ?? 0;
  const threshold = uniform * kept;
  let sum = 0;
  for (const token of order.slice(0, count)) {
    sum += weights[token] ?? 0;
    if (sum > threshold) return token;
  }
  return order[count - 1] ?? 0;
}
