export interface SampleOptions {
  /** Divides the logits; 0 takes the most probable token, the lowest id among equals. */
  readonly temperature: number;
  /** Keeps the fewest most probable tokens whose probabilities sum to at least this, in (0, 1]. Default 1: all. */
  readonly topP?: number;
  /** A uniform random number in [0, 1): the draw is a function of it and the logits. */
  readonly uniform: number;
}

export interface SampledToken {
  readonly token: number;
  /**
   * Log-probability under softmax(logits / temperature), over the whole vocabulary also when `topP` cut it: that is
   * what training differentiates. At temperature 0, under temperature 1.
   */
  readonly logprob: number;
}

let weights = new Float64Array(0);

/**
 * Draws a token from logits[offset, offset + vocabularySize). Throws on a temperature below 0, on topP or uniform out
 * of range, and on logits that are not finite.
 */
export function sampleToken(
  logits: Float32Array,
  offset: number,
  vocabularySize: number,
  { temperature, topP = 1, uniform }: SampleOptions,
): SampledToken {
  if (!(temperature >= 0 && temperature < Infinity)) throw new Error(`temperature must be 0 or more, got ${temperature}`);
  if (!(topP > 0 && topP <= 1)) throw new Error(`topP must be above 0 and at most 1, got ${topP}`);
  if (!(uniform >= 0 && uniform < 1)) throw new Error(`uniform must be at least 0 and below 1, got ${uniform}`);
  if (weights.length < vocabularySize) weights = new Float64Array(vocabularySize);
  let best = 0;
  let peak = -Infinity;
  for (let token = 0; token < vocabularySize; token++) {
    const logit = logits[offset + token] ?? NaN;
    if (logit > peak) {
      peak = logit;
      best = token;
    }
  }
  const inverse = temperature === 0 ? 1 : 1 / temperature;
  let total = 0;
  for (let token = 0; token < vocabularySize; token++) {
    const weight = Math.exp(((logits[offset + token] ?? NaN) - peak) * inverse);
    weights[token] = weight;
    total += weight;
  }
  if (!(total > 0 && total < Infinity)) throw new Error('the logits are not finite');
  const logTotal = Math.log(total);
  let token = best;
  if (temperature > 0) token = topP === 1 ? draw(vocabularySize, uniform * total) : drawTop(vocabularySize, topP * total, uniform); // prettier-ignore
  return { token, logprob: ((logits[offset + token] ?? NaN) - peak) * inverse - logTotal };
}

/** The token at which the running sum of weights passes `threshold`. */
function draw(vocabularySize: number, threshold: number): number {
  let sum = 0;
  let last = 0;
  for (let token = 0; token < vocabularySize; token++) {
    const weight = weights[token] ?? 0;
    if (weight === 0) continue;
    sum += weight;
    last = token;
    if (sum > threshold) return token;
  }
  return last; // rounding left the sum at the threshold
}

/** Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1. */
function drawTop(vocabularySize: number, mass: number, uniform: number): number {
  const order = Array.from({ length: vocabularySize }, (_, token) => token);
  order.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  let kept = 0;
  let count = 0;
  while (count < vocabularySize && kept < mass) kept += weights[order[count++] ?? 0] ?? 0;
  const threshold = uniform * kept;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const token = order[i] ?? 0;
    sum += weights[token] ?? 0;
    if (sum > threshold) return token;
  }
  return order[count - 1] ?? 0;
}
