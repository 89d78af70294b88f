import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Objective } from '../contract/index.js';
import { objectiveLoss, type PolicyTokens } from './objective-loss.js';
import { losses, anyObjective, anyTokens, tokensOf, totalsOf, surrogate } from './objective-loss.fixture.js';

describe('objectiveLoss', () => {
  it('has the gradient that finite differences measure', () => {
    const step = 1e-6;
    fc.assert(
      fc.property(anyObjective, anyTokens, (objective, rows) => {
        const tokens = tokensOf(rows);
        const totals = totalsOf(rows);
        const { gradients } = objectiveLoss(objective, tokens, totals);
        const held =
          objective.kind === 'gspo'
            ? { ...objective, kl: { ...objective.kl, reference: 'initial' as const } }
            : objective;
        rows.forEach((_, token) => {
          const at = (shift: number): number =>
            surrogate(
              held,
              withReference(objective, tokens),
              totals,
              rows.map((row, index) => row.logprob + (index === token ? shift : 0)),
            );
          const [low, middle, high] = [at(-step), at(0), at(step)];
          const left = (middle - low) / step;
          const right = (high - middle) / step;
          // At a kink (a clip border) either side is a valid gradient.
          const distance = Math.min(
            Math.abs((gradients[token] ?? NaN) - left),
            Math.abs((gradients[token] ?? NaN) - right),
          );
          expect(distance).toBeLessThan(1e-4);
        });
      }),
      { seed: 41, numRuns: 200 },
    );
  });

  it('adds up over micro-batches that keep trajectories whole', () => {
    fc.assert(
      fc.property(anyObjective, anyTokens, (objective, rows) => {
        const totals = totalsOf(rows);
        const whole = objectiveLoss(objective, tokensOf(rows), totals);
        const parts = [0, 1].map((part) =>
          objectiveLoss(objective, tokensOf(rows.filter((row) => row.sequence % 2 === part)), totals),
        );
        for (const figure of ['loss', 'kl', 'clipFraction', 'entropy', 'tokens'] as const) {
          expect(parts.reduce((sum, part) => sum + part[figure], 0)).toBeCloseTo(whole[figure], 9);
        }
        const gradients = [...(parts[0]?.gradients ?? []), ...(parts[1]?.gradients ?? [])].sort((a, b) => a - b);
        [...whole.gradients]
          .sort((a, b) => a - b)
          .forEach((value, index) => {
            expect(gradients[index]).toBeCloseTo(value, 9);
          });
      }),
      { seed: 42 },
    );
  });

  it('on-policy is policy gradient: gradient -A w, nothing clipped, no KL', () => {
    for (const loss of losses) {
      const objective: Objective = {
        ...loss,
        kl: { estimator: 'k3', coefficient: 1, reference: 'sampler' },
        aggregation: 'token-mean',
        entropyCoefficient: 0,
      };
      const logprobs = [-0.5, -1, -2];
      const tokens = {
        logprobs,
        samplingLogprobs: logprobs,
        referenceLogprobs: null,
        advantages: [1, -2, 0.5],
        sequences: [0, 0, 0],
        entropies: null,
      };
      const result = objectiveLoss(objective, tokens, { tokens: 3, sequences: 1, trajectories: 1, maxTokens: 9 });
      expect([...result.gradients]).toEqual([-1 / 3, 2 / 3, -0.5 / 3]);
      expect(result).toMatchObject({ clipFraction: 0, kl: 0, entropy: 0, tokens: 3 });
    }
  });

  it('gspo in token form equals the sequence form when a sequence has one advantage', () => {
    const objective: Objective = {
      kind: 'gspo',
      low: 9,
      high: 9,
      kl: { estimator: 'k3', coefficient: 0, reference: 'sampler' },
      aggregation: 'sequence-mean',
      entropyCoefficient: 0,
    };
    const tokens = {
      logprobs: [-1, -1.2, -0.4],
      samplingLogprobs: [-1.1, -1, -0.5],
      referenceLogprobs: null,
      advantages: [2, 2, 2],
      sequences: [0, 0, 0],
      entropies: null,
    };
    const totals = { tokens: 3, sequences: 1, trajectories: 1, maxTokens: 3 };
    const { gradients } = objectiveLoss(objective, tokens, totals);
    const step = 1e-6;
    for (const token of [0, 1, 2]) {
      const at = (shift: number) =>
        objectiveLoss(
          objective,
          { ...tokens, logprobs: tokens.logprobs.map((value, index) => (index === token ? value + shift : value)) },
          totals,
        ).loss;
      expect(gradients[token]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 6);
    }
  });

  it('counts clipped tokens and stays finite far from the sampler', () => {
    const objective: Objective = {
      kind: 'ppo-clip',
      low: 0.2,
      high: 0.2,
      dualClip: 3,
      kl: { estimator: 'k3', coefficient: 1, reference: 'initial' },
      aggregation: 'token-mean',
      entropyCoefficient: 0,
    };
    const tokens = {
      logprobs: [-0.1, -50, -1],
      samplingLogprobs: [-40, -0.1, -1],
      referenceLogprobs: [-900, -0.1, -1],
      advantages: [1, 1, 1],
      sequences: [0, 1, 1],
      entropies: null,
    };
    const result = objectiveLoss(objective, tokens, { tokens: 3, sequences: 2, trajectories: 2, maxTokens: 3 });
    expect(result.clipFraction).toBeCloseTo(1 / 3, 12);
    expect([result.loss, result.kl, ...result.gradients].every(Number.isFinite)).toBe(true);
  });

  it('refuses arrays of other lengths and a missing reference', () => {
    const objective: Objective = {
      kind: 'importance-sampling',
      kl: { estimator: 'k1', coefficient: 0.1, reference: 'initial' },
      aggregation: 'constant',
      entropyCoefficient: 0,
    };
    const tokens = {
      logprobs: [-1],
      samplingLogprobs: [-1],
      referenceLogprobs: null,
      advantages: [1],
      sequences: [0],
      entropies: null,
    };
    const totals = { tokens: 1, sequences: 1, trajectories: 1, maxTokens: 1 };
    expect(() => objectiveLoss(objective, tokens, totals)).toThrow(/no reference log-probabilities/);
    expect(() => objectiveLoss(objective, { ...tokens, referenceLogprobs: [-1], advantages: [] }, totals)).toThrow(
      'advantages has 0 values for 1 log-probabilities',
    );
  });

  it('is zero for an empty micro-batch', () => {
    const objective: Objective = {
      kind: 'gspo',
      low: 0.1,
      high: 0.1,
      kl: { estimator: 'k3', coefficient: 0, reference: 'sampler' },
      aggregation: 'sequence-mean',
      entropyCoefficient: 0,
    };
    const empty = {
      logprobs: [],
      samplingLogprobs: [],
      referenceLogprobs: null,
      advantages: [],
      sequences: [],
      entropies: null,
    };
    const result = objectiveLoss(objective, empty, { tokens: 0, sequences: 0, trajectories: 0, maxTokens: 4 });
    expect(result).toMatchObject({ loss: 0, kl: 0, clipFraction: 0, entropy: 0, tokens: 0 });
  });
});

function withReference(objective: Objective, tokens: PolicyTokens): PolicyTokens {
  return objective.kind === 'gspo' && objective.kl.reference === 'sampler'
    ? { ...tokens, referenceLogprobs: tokens.samplingLogprobs }
    : tokens;
}

describe('importance truncation', () => {
  const kl = { estimator: 'k3', coefficient: 0, reference: 'initial' } as const;
  const shared = { kl, aggregation: 'token-sum', entropyCoefficient: 0 } as const;
  const kinds: Objective[] = [
    { kind: 'ppo-clip', low: 0.2, high: 0.2, dualClip: null, ...shared },
    { kind: 'importance-sampling', ...shared },
    { kind: 'cispo', low: 0.2, high: 0.2, ...shared },
    { kind: 'gspo', low: 0.2, high: 0.2, ...shared },
  ];
  // Ratios e^-1, 1, e^0.5 and e^3; only the last is above 2.
  const logprobs = [-2, -1, -1, -0.5];
  const samplingLogprobs = [-1, -1, -1.5, -3.5];
  const advantages = [1, -2, 1, -1];
  const tokens = {
    logprobs,
    samplingLogprobs,
    advantages,
    sequences: [0, 0, 1, 1],
    referenceLogprobs: null,
    entropies: null,
  };
  const totals = { tokens: 4, sequences: 2, trajectories: 2, maxTokens: 4 };
  const weights = [Math.exp(-1), 1, Math.exp(0.5), 2];

  it.each(kinds)(
    'weighs the policy gradient of each token, held constant, whatever the objective: $kind',
    (objective) => {
      const { gradients, importance, clipFraction } = objectiveLoss(
        { ...objective, importanceTruncation: 2 },
        tokens,
        totals,
      );
      weights.forEach((weight, token) =>
        expect(gradients[token]).toBeCloseTo(-weight * (advantages[token] ?? NaN), 12),
      );
      expect(importance?.truncated).toBe(0.25);
      expect(importance?.weight).toBeCloseTo(weights.reduce((sum, weight) => sum + weight, 0) / 4, 12);
      expect(clipFraction).toBe(0);
    },
  );

  it.each(kinds)('changes nothing for samples of the policy itself: $kind', (objective) => {
    const fresh = { ...tokens, samplingLogprobs: logprobs };
    const plain = objectiveLoss(objective, fresh, totals);
    const truncated = objectiveLoss({ ...objective, importanceTruncation: 2 }, fresh, totals);
    expect(truncated.loss).toBe(plain.loss);
    expect([...truncated.gradients]).toEqual([...plain.gradients]);
    expect(plain.importance).toBeNull();
    expect(truncated.importance).toEqual({ weight: 1, truncated: 0 });
  });
});
