import { describe, expect, it } from '@jest/globals';
import {
  containsAnswer,
  exactMatch,
  klEstimate,
  normalizeAnswer,
  objectiveLoss,
  tokenF1,
  tokenLoss,
  tokenWeights,
  type Objective,
} from '@turnwise/core';
import { goldenKernel } from './golden-file.js';

interface Rows<Row> {
  readonly rows: readonly Row[];
}

describe('policy losses', () => {
  it.each([
    ['ppo_dual_clip', 0.2],
    ['ppo_clip_higher', 0.28],
  ])('%s', (name, high) => {
    for (const row of (goldenKernel(name) as Rows<{ A: number; ratio: number; loss: number }>).rows) {
      const loss = tokenLoss({ kind: 'ppo-clip', low: 0.2, high, dualClip: 3 }, row.A, Math.log(row.ratio), 0, 0);
      expect(loss.value).toBeCloseTo(row.loss, 6);
    }
  });

  it('cispo', () => {
    interface Row {
      readonly A: number;
      readonly log_ratio: number;
      readonly logp: number;
      readonly low: number;
      readonly high: number;
      readonly loss: number;
    }
    for (const { A, log_ratio, logp, low, high, loss } of (goldenKernel('cispo') as Rows<Row>).rows) {
      expect(tokenLoss({ kind: 'cispo', low, high }, A, logp, logp - log_ratio, 0).value).toBeCloseTo(loss, 6);
    }
  });

  it('gspo_ratio', () => {
    const { log_ratio, mask, ratio } = goldenKernel('gspo_ratio') as {
      log_ratio: number[];
      mask: number[];
      ratio: number;
    };
    const logprobs = log_ratio.filter((_, index) => mask[index] === 1);
    const objective: Objective = {
      kind: 'gspo',
      low: 10,
      high: 10,
      kl: { estimator: 'k3', coefficient: 0, reference: 'sampler' },
      aggregation: 'token-mean',
      entropyCoefficient: 0,
    };
    const zeros = logprobs.map(() => 0);
    const advantages = logprobs.map(() => 1);
    const tokens = {
      logprobs,
      samplingLogprobs: zeros,
      referenceLogprobs: null,
      advantages,
      sequences: zeros,
      entropies: null,
    };
    const totals = { tokens: logprobs.length, sequences: 1, trajectories: 1, maxTokens: 4 };
    expect(objectiveLoss(objective, tokens, totals).loss).toBeCloseTo(-ratio, 6);
  });
});

it('kl', () => {
  const { rows } = goldenKernel('kl') as Rows<{ lp: number; ref: number; k1: number; k2: number; k3: number }>;
  for (const row of rows) {
    for (const estimator of ['k1', 'k2', 'k3'] as const) {
      expect(klEstimate(estimator, row.lp, row.ref).value).toBeCloseTo(row[estimator], 6);
    }
  }
});

it('loss_aggregation', () => {
  interface Kernel {
    readonly loss: number[][];
    readonly mask: number[][];
    readonly expected: Readonly<Record<string, number>>;
  }
  const { loss, mask, expected } = goldenKernel('loss_aggregation') as Kernel;
  const kept = loss.flatMap((row, sequence) =>
    row.flatMap((value, token) => (mask[sequence]?.[token] === 1 ? [{ value, sequence }] : [])),
  );
  const sequences = kept.map(({ sequence }) => sequence);
  const totals = { tokens: kept.length, sequences: new Set(sequences).size, trajectories: loss.length, maxTokens: 4 };
  const aggregate = (aggregation: Objective['aggregation']): number => {
    const weights = tokenWeights(aggregation, sequences, totals);
    return kept.reduce((sum, { value }, token) => sum + value * (weights[token] ?? 0), 0);
  };
  expect(aggregate('token-mean')).toBeCloseTo(expected['token-mean'] ?? NaN, 6);
  expect(aggregate('sequence-mean')).toBeCloseTo(expected['seq-mean-token-mean'] ?? NaN, 6);
  expect(aggregate('constant')).toBeCloseTo(expected['dr-grpo-constant'] ?? NaN, 6);
});

it('answer_normalisation', () => {
  for (const { input, output } of goldenKernel('answer_normalisation') as { input: string; output: string }[]) {
    expect(normalizeAnswer(input)).toBe(output);
  }
});

it('answer_scores', () => {
  interface Row {
    readonly prediction: string;
    readonly gold: string;
    readonly em: number;
    readonly subem: number;
    readonly f1: number;
  }
  for (const row of goldenKernel('answer_scores') as Row[]) {
    expect(exactMatch(row.prediction, [row.gold])).toBe(row.em);
    expect(containsAnswer(row.prediction, [row.gold])).toBe(row.subem);
    expect(tokenF1(row.prediction, [row.gold])).toBeCloseTo(row.f1, 6);
  }
});
