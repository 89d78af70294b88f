/** The logits of one token following another, before training. */
export type InitialLogits = (previous: number, next: number) => number;

/** AdamW as the request asks for it. */
export interface AdamParameters {
  readonly learning_rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weight_decay?: number;
  /** 0: no clipping. */
  readonly grad_clip_norm?: number;
}

interface Row {
  readonly logits: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/**
 * The smallest policy with exact gradients: a table of logits, one row for each previous token. Rows come into being
 * when they are first used.
 */
export class ToyModel {
  private readonly rows = new Map<number, Row>();
  private steps = 0;

  constructor(
    readonly vocabulary: number,
    private readonly initial: InitialLogits,
    /** Logits are the parameters times this: a step at one learning rate changes them so much more. */
    private readonly gain = 1,
  ) {}

  copy(): ToyModel {
    const copy = new ToyModel(this.vocabulary, this.initial, this.gain);
    copy.steps = this.steps;
    for (const [previous, { logits, gradient, first, second }] of this.rows) {
      const row = { logits: logits.slice(), gradient: gradient.slice(), first: first.slice(), second: second.slice() };
      copy.rows.set(previous, row);
    }
    return copy;
  }

  /** Natural-log probabilities of every next token. */
  logprobs(previous: number): Float64Array {
    const logits = this.row(previous).logits.map((value) => value * this.gain);
    let highest = -Infinity;
    for (const value of logits) highest = Math.max(highest, value);
    let sum = 0;
    for (const value of logits) sum += Math.exp(value - highest);
    const normaliser = highest + Math.log(sum);
    return logits.map((value) => value - normaliser);
  }

  /** Adds the gradient of a loss whose derivative by log p(next | previous) is `slope`. */
  backward(previous: number, next: number, slope: number): void {
    if (slope === 0) return;
    const { gradient } = this.row(previous);
    this.logprobs(previous).forEach((logprob, token) => {
      gradient[token] = (gradient[token] ?? 0) + slope * this.gain * ((token === next ? 1 : 0) - Math.exp(logprob));
    });
  }

  /** Divides the gradients, makes one AdamW step, forgets the gradients; returns their L2 norm. */
  step(adam: AdamParameters, divisor: number): number {
    this.steps++;
    let squares = 0;
    for (const { gradient } of this.rows.values()) for (const value of gradient) squares += (value / divisor) ** 2;
    const norm = Math.sqrt(squares);
    const limit = adam.grad_clip_norm ?? 0;
    const scale = (limit > 0 && norm > limit ? limit / norm : 1) / divisor;
    const { learning_rate: rate, beta1, beta2, eps, weight_decay: decay = 0 } = adam;
    for (const { logits, gradient, first, second } of this.rows.values()) {
      for (let token = 0; token < logits.length; token++) {
        const slope = (gradient[token] ?? 0) * scale;
        first[token] = beta1 * (first[token] ?? 0) + (1 - beta1) * slope;
        second[token] = beta2 * (second[token] ?? 0) + (1 - beta2) * slope ** 2;
        const mean = (first[token] ?? 0) / (1 - beta1 ** this.steps);
        const variance = (second[token] ?? 0) / (1 - beta2 ** this.steps);
        logits[token] = (logits[token] ?? 0) * (1 - rate * decay) - (rate * mean) / (Math.sqrt(variance) + eps);
      }
      gradient.fill(0);
    }
    return norm;
  }

  private row(previous: number): Row {
    const known = this.rows.get(previous);
    if (known !== undefined) return known;
    const zeros = (): Float64Array => new Float64Array(this.vocabulary);
    const logits = zeros().map((_, next) => this.initial(previous, next) / this.gain);
    const row = { logits, gradient: zeros(), first: zeros(), second: zeros() };
    this.rows.set(previous, row);
    return row;
  }
}
