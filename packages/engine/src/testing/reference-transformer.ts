import type { PackedBatch } from '../engine.js';
import type { TransformerConfig } from '../transformer-config.js';

/** Parameters by name, in double precision. */
export type ReferenceWeights = Map<string, Float64Array>;

/**
 * The model again, written from its definition in plain double-precision loops, one sequence and one position at a
 * time: what the kernels are held against. Returns the log-probabilities and entropies of the scored positions.
 */
export function referenceScores(
  config: TransformerConfig,
  weights: ReferenceWeights,
  { tokens, offsets, scored }: PackedBatch,
  temperature: number,
): { logprobs: number[]; entropies: number[] } {
  const logprobs: number[] = [];
  const entropies: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    const wanted = [...scored].filter((position) => position >= start && position < end);
    const hidden = hiddenStates(config, weights, [...tokens.subarray(start, end)]);
    for (const position of wanted) {
      const state = normed(
        hidden[position - 1 - start] ?? [],
        get(weights, 'model.norm.weight'),
        config.rmsNormEpsilon,
      );
      const logits = product(
        get(weights, config.tiedEmbedding ? 'model.embed_tokens.weight' : 'lm_head.weight'),
        state,
      ).map((logit) => logit / temperature);
      const peak = Math.max(...logits);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0);
      const logs = logits.map((logit) => logit - peak - Math.log(total));
      logprobs.push(logs[tokens[position] ?? 0] ?? NaN);
      entropies.push(-logs.reduce((sum, log) => sum + Math.exp(log) * log, 0));
    }
  }
  return { logprobs, entropies };
}

function hiddenStates(config: TransformerConfig, weights: ReferenceWeights, tokens: number[]): number[][] {
  const { headSize, headCount, keyValueHeadCount, rmsNormEpsilon } = config;
  let states = tokens.map((_, position) => embedded(config, weights, tokens, position));
  for (let layer = 0; layer < config.layerCount; layer++) {
    const weight = (name: string): Float64Array => get(weights, `model.layers.${layer}.${name}.weight`);
    const projected = (name: string, x: readonly number[]): number[] => {
      const bias = weights.get(`model.layers.${layer}.${name}.bias`);
      return product(weight(name), x).map((value, i) => value + (bias?.[i] ?? 0));
    };
    /** Splits into heads, norms each when the model does, and rotates each. */
    const turned = (x: number[], position: number, norm: string): number[] => {
      const heads = Array.from({ length: x.length / headSize }, (_, h) => x.slice(h * headSize, (h + 1) * headSize));
      const finished = heads.map((head) =>
        config.queryKeyNorm ? normed(head, weight(`self_attn.${norm}`), rmsNormEpsilon) : head,
      );
      return rotated(finished.flat(), position, config);
    };
    const inputs = states.map((state) => normed(state, weight('input_layernorm'), rmsNormEpsilon));
    const queries = inputs.map((x, t) => turned(projected('self_attn.q_proj', x), t, 'q_norm'));
    const keys = inputs.map((x, t) => turned(projected('self_attn.k_proj', x), t, 'k_norm'));
    const values = inputs.map((x) => projected('self_attn.v_proj', x));
    states = states.map((state, t) => {
      const attended: number[] = [];
      for (let head = 0; head < headCount; head++) {
        const shared = Math.floor((head * keyValueHeadCount) / headCount) * headSize;
        const query = (queries[t] ?? []).slice(head * headSize, (head + 1) * headSize);
        const visible = keys.slice(0, t + 1);
        const scores = visible.map((key) => dot(query, key.slice(shared, shared + headSize)) / Math.sqrt(headSize));
        const peak = Math.max(...scores);
        const exponentials = scores.map((score) => Math.exp(score - peak));
        const total = exponentials.reduce((sum, e) => sum + e, 0);
        for (let i = 0; i < headSize; i++) {
          attended.push(exponentials.reduce((sum, e, j) => sum + (e / total) * (values[j]?.[shared + i] ?? NaN), 0));
        }
      }
      return added(state, projected('self_attn.o_proj', attended));
    });
    states = states.map((state) => {
      const x = normed(state, weight('post_attention_layernorm'), rmsNormEpsilon);
      const up = projected('mlp.up_proj', x);
      const activated = projected('mlp.gate_proj', x).map((g, i) => (g / (1 + Math.exp(-g))) * (up[i] ?? NaN));
      return added(state, projected('mlp.down_proj', activated));
    });
  }
  return states;
}

function embedded(config: TransformerConfig, weights: ReferenceWeights, tokens: number[], position: number): number[] {
  const { hiddenSize, shiftTaps } = config;
  const table = get(weights, 'model.embed_tokens.weight');
  const row = (p: number): number[] => [
    ...table.slice((tokens[p] ?? 0) * hiddenSize, ((tokens[p] ?? 0) + 1) * hiddenSize),
  ];
  if (shiftTaps === 0) return row(position);
  const taps = get(weights, 'model.shift_taps.weight');
  const mixed = new Array<number>(hiddenSize).fill(0);
  for (let s = 0; s <= Math.min(shiftTaps, position); s++) {
    row(position - s).forEach((value, i) => (mixed[i] = (mixed[i] ?? 0) + value * (taps[s * hiddenSize + i] ?? NaN)));
  }
  return mixed;
}

/** Rotates each head's pairs (i, i + headSize / 2) by position * theta^(-2i / headSize), its frequency scaled. */
function rotated(x: number[], position: number, config: TransformerConfig): number[] {
  const { headSize } = config;
  const half = headSize / 2;
  return x.map((value, index) => {
    const lane = index % headSize;
    const angle = position * frequency(config, lane % half);
    const partner = lane < half ? -(x[index + half] ?? NaN) : (x[index - half] ?? NaN);
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

/** Written after transformers' modeling_rope_utils, by wavelength, not after the engine's own formula. */
function frequency({ headSize, ropeTheta, ropeScaling }: TransformerConfig, pair: number): number {
  const plain = 1 / ropeTheta ** ((2 * pair) / headSize);
  if (ropeScaling === null) return plain;
  if (ropeScaling.kind === 'linear') return plain / ropeScaling.factor;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextLength } = ropeScaling;
  const wavelength = (2 * Math.PI) / plain;
  if (wavelength > originalContextLength / lowFrequencyFactor) return plain / factor;
  if (wavelength < originalContextLength / highFrequencyFactor) return plain;
  const smooth = (originalContextLength / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return ((1 - smooth) * plain) / factor + smooth * plain;
}

function normed(x: readonly number[], gamma: Float64Array, epsilon: number): number[] {
  const root = Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((value, i) => (value / root) * (gamma[i] ?? NaN));
}

/** W x for W[outputs, inputs], row-major. */
function product(w: Float64Array, x: readonly number[]): number[] {
  return Array.from({ length: w.length / x.length }, (_, output) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += (w[output * x.length + i] ?? NaN) * (x[i] ?? NaN);
    return sum;
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}

function added(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + (b[i] ?? NaN));
}

function get(weights: ReferenceWeights, name: string): Float64Array {
  const values = weights.get(name);
  if (!values) throw new Error(`no weights '${name}'`);
  return values;
}
