import type { Datum } from '../training-data.js';
import type { ToyModel } from './toy-model.js';

/** Body of a forward-backward request. */
export interface LossRequest {
  readonly data: readonly Datum[];
  readonly loss_fn: string;
  readonly loss_fn_config?: Readonly<Record<string, number>> | null;
}

/**
 * Adds the gradients of the losses of the Tinker protocol, written from its tables and not from our objectives, and
 * returns one record of current log-probabilities for each datum.
 */
export function forwardBackward(model: ToyModel, request: LossRequest, reduction: 'sum' | 'mean-of-means'): object[] {
  return request.data.map(({ model_input: input, loss_fn_inputs: inputs }) => {
    const tokens = input.chunks.flatMap((chunk) => chunk.tokens);
    const column = (name: string, missing: number): readonly number[] =>
      inputs[name]?.data ?? tokens.map(() => missing);
    const targets = column('target_tokens', 0);
    const weights = column('weights', 1);
    const sampled = column('logprobs', 0);
    const advantages = column('advantages', 0);
    const divisor = reduction === 'sum' ? 1 : weights.reduce((sum, weight) => sum + weight, 0);
    const logprobs = targets.map((target, place) => model.logprobs(tokens[place] ?? 0)[target] ?? Number.NaN);
    targets.forEach((target, place) => {
      const ratio = Math.exp((logprobs[place] ?? 0) - (sampled[place] ?? 0));
      const slope = slopeOf(request, ratio, advantages[place] ?? 0) * (weights[place] ?? 0);
      model.backward(tokens[place] ?? 0, target, slope / divisor);
    });
    return { logprobs: { data: logprobs, dtype: 'float32', shape: [logprobs.length] } };
  });
}

/** dLoss/dlogprob of one token. */
function slopeOf({ loss_fn: name, loss_fn_config: config }: LossRequest, ratio: number, advantage: number): number {
  const low = config?.['clip_low_threshold'] ?? 0.8;
  const high = config?.['clip_high_threshold'] ?? 1.2;
  const bounded = Math.min(Math.max(ratio, low), high);
  if (name === 'cispo') return -bounded * advantage;
  if (name === 'ppo' && bounded * advantage < ratio * advantage) return 0;
  return -ratio * advantage;
}
