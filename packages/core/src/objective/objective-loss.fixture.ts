import fc from 'fast-check';
import type { Aggregation, Objective, PolicyLoss } from '../contract/index.js';
import type { BatchTotals } from './aggregation.js';
import { objectiveLoss, type PolicyTokens } from './objective-loss.js';

export const losses: PolicyLoss[] = [
  { kind: 'ppo-clip', low: 0.2, high: 0.2, dualClip: null },
  { kind: 'ppo-clip', low: 0.2, high: 0.28, dualClip: 3 },
  { kind: 'importance-sampling' },
  { kind: 'cispo', low: 0.2, high: 0.28 },
  { kind: 'gspo', low: 0.1, high: 0.2 },
];
export const anyObjective: fc.Arbitrary<Objective> = fc
  .record({
    loss: fc.constantFrom(...losses),
    kl: fc.record({
      estimator: fc.constantFrom('k1' as const, 'k2' as const, 'k3' as const),
      coefficient: fc.constantFrom(0, 0.1, 1),
      reference: fc.constantFrom('initial' as const, 'sampler' as const),
    }),
    aggregation: fc.constantFrom<Aggregation>(
      'token-mean',
      'sequence-mean',
      'constant',
      'token-sum',
      'sequence-mean-token-sum',
    ),
    entropyCoefficient: fc.constantFrom(0, 0.01),
  })
  .map(({ loss, ...rest }) => ({ ...loss, ...rest }));

const logprob = fc.double({ min: -4, max: -0.01, noNaN: true });
export const anyTokens = fc.array(
  fc.record({
    logprob,
    sampling: logprob,
    reference: logprob,
    advantage: fc.double({ min: -2, max: 2, noNaN: true }),
    sequence: fc.nat(3),
    entropy: fc.double({ min: 0, max: 2, noNaN: true }),
  }),
  { minLength: 1, maxLength: 24 },
);
export type Row = typeof anyTokens extends fc.Arbitrary<(infer Item)[]> ? Item : never;

export function tokensOf(rows: readonly Row[]): PolicyTokens {
  return {
    logprobs: rows.map((row) => row.logprob),
    samplingLogprobs: rows.map((row) => row.sampling),
    referenceLogprobs: rows.map((row) => row.reference),
    advantages: rows.map((row) => row.advantage),
    sequences: rows.map((row) => row.sequence),
    entropies: rows.map((row) => row.entropy),
  };
}

export function totalsOf(rows: readonly Row[]): BatchTotals {
  const sequences = new Set(rows.map((row) => row.sequence)).size;
  return { tokens: rows.length, sequences, trajectories: sequences + 1, maxTokens: 30 };
}

/** The loss as a function of the log-probabilities that the gradient treats as variable: what is held constant stays. */
export function surrogate(
  objective: Objective,
  tokens: PolicyTokens,
  totals: BatchTotals,
  moved: readonly number[],
): number {
  if (objective.kind === 'gspo') {
    // Token form: log s = logprob - held(logprob) + held(mean log-ratio), one token moved at a time.
    return moved.reduce((sum, value, token) => {
      const shift = value - (tokens.logprobs[token] ?? 0);
      const held = tokensWithSequenceRatioOf(objective, tokens, token, shift);
      return sum + objectiveLoss(objective, held.tokens, held.totals(totals)).loss;
    }, 0);
  }
  if (objective.kind === 'cispo') {
    // Ratios are held where they were: moving both log-probabilities keeps them, and keeps the loss a function of one.
    const sampling = moved.map(
      (value, token) => (tokens.samplingLogprobs[token] ?? 0) + value - (tokens.logprobs[token] ?? 0),
    );
    const reference = objective.kl.reference === 'sampler' ? tokens.samplingLogprobs : tokens.referenceLogprobs;
    const kl = { ...objective.kl, reference: 'initial' as const };
    return objectiveLoss(
      { ...objective, kl },
      { ...tokens, logprobs: moved, samplingLogprobs: sampling, referenceLogprobs: reference },
      totals,
    ).loss;
  }
  return objectiveLoss(objective, { ...tokens, logprobs: moved }, totals).loss;
}

/** One token alone in its sequence, whose log-ratio is the mean of the original sequence plus the shift. */
function tokensWithSequenceRatioOf(objective: Objective, tokens: PolicyTokens, token: number, shift: number) {
  const members = Array.from({ length: tokens.logprobs.length }, (_, index) => index).filter(
    (index) => tokens.sequences[index] === tokens.sequences[token],
  );
  const ratio =
    members.reduce((sum, index) => sum + (tokens.logprobs[index] ?? 0) - (tokens.samplingLogprobs[index] ?? 0), 0) /
    members.length;
  const current = (tokens.logprobs[token] ?? 0) + shift;
  const reference =
    objective.kl.reference === 'sampler' ? tokens.samplingLogprobs[token] : tokens.referenceLogprobs?.[token];
  return {
    totals: (totals: BatchTotals): BatchTotals =>
      objective.aggregation === 'sequence-mean' ? { ...totals, sequences: totals.sequences * members.length } : totals,
    tokens: {
      logprobs: [current],
      samplingLogprobs: [current - ratio - shift],
      referenceLogprobs: [reference ?? 0],
      advantages: [tokens.advantages[token] ?? 0],
      sequences: [0],
      entropies: [tokens.entropies?.[token] ?? 0],
    },
  };
}
