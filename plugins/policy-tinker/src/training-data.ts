import { batchTotals, flattenSequence, policyTokenCount, tokenWeights, TurnwiseError } from '@turnwise/core';
import type { PolicyTokens, TrainingBatch, TrainingSequence } from '@turnwise/core';
import type { ServerProfile } from './server-profile.js';

/** Numbers as they travel: flat, with type and shape. */
export interface TensorData {
  readonly data: readonly number[];
  readonly dtype: 'int64' | 'float32';
  readonly shape: readonly number[];
}

/** One trajectory as it travels. Entry i of every tensor belongs to the token that follows input token i. */
export interface Datum {
  readonly model_input: {
    readonly chunks: readonly { readonly type: 'encoded_text'; readonly tokens: readonly number[] }[];
  };
  readonly loss_fn_inputs: Readonly<Record<string, TensorData>>;
}

/** The data of an update, and for each where its policy tokens are among the targets. */
export interface TrainingData {
  readonly data: readonly Datum[];
  readonly policyTargets: readonly (readonly number[])[];
  /** The policy tokens of all data, end to end; their current log-probabilities are the server's to tell. */
  readonly tokens: Omit<PolicyTokens, 'logprobs'>;
}

/**
 * Turns a batch into data whose loss, as the server reduces it, is the objective with our aggregation:
 *
 *     sum              advantage x w_t                               w_t: factor of the token in our loss, tokenWeights
 *     mean-of-means    advantage x w_t x own policy tokens x data    undoes both divisions
 *
 * Trajectories without an advantage other than 0 have no gradient: they count in the denominators and are not sent,
 * except one when there is no other, so that the optimiser's moments decay as with any zero gradient.
 *
 * @throws CONTRACT_SAMPLE_INVALID for what servers accept in silence: lengths that differ, numbers that are not
 * finite, token ids that are none, a policy token nothing comes before
 */
export function trainingData(
  batch: TrainingBatch,
  aggregation: Parameters<typeof tokenWeights>[0],
  { reduction, sendWeights }: Pick<ServerProfile, 'reduction' | 'sendWeights'>,
): TrainingData {
  const speaking = batch.sequences.filter((sequence) => policyTokenCount(sequence) > 0);
  const learning = speaking.filter(({ spans }) =>
    spans.some((span) => span.owner === 'policy' && span.advantage !== 0),
  );
  const chosen = learning.length > 0 ? learning : speaking.slice(0, 1);
  chosen.forEach(assertSequence);
  const flats = chosen.map(flattenSequence);
  const policyTargets = flats.map(({ mask }) => {
    const places: number[] = [];
    mask.forEach((owned, position) => {
      if (owned === 1) places.push(position - 1);
    });
    return places;
  });
  const at = (pick: (flat: (typeof flats)[number]) => Float64Array): number[] =>
    policyTargets.flatMap((places, index) => places.map((place) => pick(flats[index] as never)[place + 1] ?? 0));
  const sequences = policyTargets.flatMap((places, index) => places.map(() => index));
  const weights = tokenWeights(aggregation, sequences, batchTotals(batch));
  let token = 0;
  const data = flats.map(({ tokenIds, mask, logprobs, advantages }, index) => {
    const places = policyTargets[index] ?? [];
    const undo = reduction === 'mean-of-means' ? places.length * flats.length : 1;
    const scaled = new Array<number>(tokenIds.length - 1).fill(0);
    for (const place of places) scaled[place] = (advantages[place + 1] ?? 0) * (weights[token++] ?? 0) * undo;
    return {
      model_input: { chunks: [{ type: 'encoded_text' as const, tokens: Array.from(tokenIds.subarray(0, -1)) }] },
      loss_fn_inputs: {
        target_tokens: tensor('int64', tokenIds.subarray(1)),
        logprobs: tensor('float32', logprobs.subarray(1)),
        advantages: tensor('float32', scaled),
        ...(sendWeights ? { weights: tensor('float32', mask.subarray(1)) } : {}),
      },
    };
  });
  return {
    data,
    policyTargets,
    tokens: {
      samplingLogprobs: at((flat) => flat.logprobs),
      referenceLogprobs: null,
      advantages: at((flat) => flat.advantages),
      sequences,
      entropies: null,
    },
  };
}

/** JSON would make null of a number that is not finite, and 32 bits infinity of one that is too large. */
function tensor(dtype: TensorData['dtype'], values: ArrayLike<number>): TensorData {
  const data = Array.from(values);
  const bad = data.findIndex((value) => !Number.isFinite(dtype === 'float32' ? Math.fround(value) : value));
  if (bad < 0) return { data, dtype, shape: [data.length] };
  throw new TurnwiseError('CONTRACT_SAMPLE_INVALID', `A number to train with is ${String(data[bad])} in 32 bits.`, {
    hint: 'Check the scale of the rewards; nothing was sent.',
  });
}

function assertSequence({ spans, trajectoryId }: TrainingSequence): void {
  const refuse = (message: string): never => {
    throw new TurnwiseError('CONTRACT_SAMPLE_INVALID', `Trajectory ${trajectoryId} cannot be trained on: ${message}.`, {
      hint: 'A server would have accepted it in silence; nothing was sent.',
    });
  };
  if (spans.find(({ tokenIds }) => tokenIds.length > 0)?.owner === 'policy') {
    refuse('its first token is the policy’s, and nothing comes before it');
  }
  for (const span of spans) {
    const strange = Array.from(span.tokenIds).findIndex((id) => !Number.isInteger(id) || id < 0);
    if (strange >= 0) refuse(`${String(span.tokenIds[strange])} is no token id`);
    if (span.owner !== 'policy') continue;
    const { tokenIds, logprobs, advantage } = span;
    if (logprobs.length !== tokenIds.length) {
      refuse(`${tokenIds.length} sampled tokens have ${logprobs.length} log-probabilities`);
    }
    const bad = Array.from(logprobs).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) refuse(`a log-probability is ${String(logprobs[bad])}`);
    if (!Number.isFinite(advantage)) refuse(`an advantage is ${advantage}`);
  }
}
