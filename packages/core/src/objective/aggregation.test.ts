import { describe, expect, it } from '@jest/globals';
import type { Aggregation, BatchDenominators, Objective, TrainingSequence } from '../contract/index.js';
import { flattenSequence } from '../credit/index.js';
import { tokenWeights } from './aggregation.js';
import { batchTotals, countDenominators } from './batch-totals.js';
import { objectiveLoss } from './objective-loss.js';

const aggregations: Aggregation[] = ['token-mean', 'sequence-mean', 'constant', 'token-sum', 'sequence-mean-token-sum'];
const maxTokens = 10;

/** The weights of trajectories of the given lengths; a length of 0 is a trajectory without a policy token. */
function weightsOf(aggregation: Aggregation, lengths: readonly number[]): number[] {
  const sequences = lengths.flatMap((length, index) => new Array<number>(length).fill(index));
  const totals = {
    tokens: sequences.length,
    sequences: lengths.filter((length) => length > 0).length,
    trajectories: lengths.length,
    maxTokens,
  };
  return [...tokenWeights(aggregation, sequences, totals)];
}

describe('tokenWeights', () => {
  it.each([
    ['token-mean', [1 / 4, 1 / 4, 1 / 4, 1 / 4]],
    ['sequence-mean', [1 / 6, 1 / 6, 1 / 6, 1 / 2]],
    ['constant', [1 / 30, 1 / 30, 1 / 30, 1 / 30]],
    ['token-sum', [1, 1, 1, 1]],
    ['sequence-mean-token-sum', [1 / 2, 1 / 2, 1 / 2, 1 / 2]],
  ] as const)('%s of trajectories with 3, 1 and 0 tokens', (aggregation, expected) => {
    weightsOf(aggregation, [3, 1, 0]).forEach((weight, token) =>
      expect(weight).toBeCloseTo(expected[token] ?? NaN, 15),
    );
  });

  it('means sum to one', () => {
    for (const aggregation of ['token-mean', 'sequence-mean'] as const) {
      expect(weightsOf(aggregation, [5, 2, 9, 0]).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
  });

  it('refuses to divide tokens by nothing', () => {
    const none = { tokens: 0, sequences: 0, trajectories: 0, maxTokens };
    for (const aggregation of aggregations.filter((name) => name !== 'token-sum')) {
      expect(() => tokenWeights(aggregation, [0], none)).toThrow(`${aggregation}: 1 tokens are to be divided by 0`);
    }
    expect(() => tokenWeights('token-mean', [0], { ...none, tokens: NaN })).toThrow(/by NaN/);
  });
});

/** A trajectory of policy tokens with one advantage. */
function sequence(trajectoryId: string, length: number, advantage: number): TrainingSequence {
  const fill = (value: number): number[] => new Array<number>(length).fill(value);
  return {
    trajectoryId,
    spans: [{ owner: 'policy', tokenIds: fill(1), advantage, logprobs: fill(-1) }],
  };
}

describe('dead groups in the loss', () => {
  // A live group: 2 tokens with advantage 1, 1 token with -1. A dead one: two trajectories of 3 tokens.
  const live = [sequence('live/0', 2, 1), sequence('live/1', 1, -1)];
  const dead = [sequence('dead/0', 3, 0), sequence('dead/1', 3, 0)];
  const beta = 0.1;
  const shift = 0.5;

  /** The loss when every token has ratio 1 and is k1 = `shift` away from the reference. */
  function lossOf(
    aggregation: Aggregation,
    computed: readonly TrainingSequence[],
    denominators?: BatchDenominators,
  ): number {
    const objective: Objective = {
      kind: 'importance-sampling',
      kl: { estimator: 'k1', coefficient: beta, reference: 'initial' },
      aggregation,
      entropyCoefficient: 0,
    };
    const flat = computed.map(flattenSequence);
    const logprobs = flat.flatMap((item) => [...item.logprobs]);
    const batch = { sequences: computed, temperature: 1, maxTokens, ...(denominators ? { denominators } : {}) };
    const tokens = {
      logprobs,
      samplingLogprobs: logprobs,
      referenceLogprobs: logprobs.map((value) => value - shift),
      advantages: flat.flatMap((item) => [...item.advantages]),
      sequences: flat.flatMap((item, index) => [...item.mask].map(() => index)),
      entropies: null,
    };
    return objectiveLoss(objective, tokens, batchTotals(batch)).loss;
  }

  // Policy loss of the live tokens: -1 -1 +1; KL: beta x shift a token.
  const penalty = beta * shift;
  it.each([
    // aggregation, kept as they are, counted but not regularised, regularised but not counted, masked
    ['token-mean', (-1 + 9 * penalty) / 9, (-1 + 3 * penalty) / 9, (-1 + 9 * penalty) / 3, (-1 + 3 * penalty) / 3],
    ['sequence-mean', penalty, (2 * penalty) / 4, (4 * penalty) / 2, penalty],
    ['constant', (-1 + 9 * penalty) / 40, (-1 + 3 * penalty) / 40, (-1 + 9 * penalty) / 20, (-1 + 3 * penalty) / 20],
    ['token-sum', -1 + 9 * penalty, -1 + 3 * penalty, -1 + 9 * penalty, -1 + 3 * penalty],
    [
      'sequence-mean-token-sum',
      (-1 + 9 * penalty) / 4,
      (-1 + 3 * penalty) / 4,
      (-1 + 9 * penalty) / 2,
      (-1 + 3 * penalty) / 2,
    ],
  ] as const)('%s, in closed form', (aggregation, kept, onlyCounted, onlyRegularised, masked) => {
    const all = [...live, ...dead];
    expect(lossOf(aggregation, all)).toBeCloseTo(kept, 12);
    expect(lossOf(aggregation, live, countDenominators(all))).toBeCloseTo(onlyCounted, 12);
    expect(lossOf(aggregation, all, countDenominators(live))).toBeCloseTo(onlyRegularised, 12);
    expect(lossOf(aggregation, live)).toBeCloseTo(masked, 12);
  });

  it('counts policy tokens, trajectories that have some, and all trajectories', () => {
    const prompt: TrainingSequence = {
      trajectoryId: 'prompt',
      spans: [
        { owner: 'prompt', tokenIds: [1] },
        { owner: 'observation', tokenIds: [2] },
      ],
    };
    expect(countDenominators([...live, prompt])).toEqual({ tokens: 3, sequences: 2, trajectories: 3 });
  });
});
