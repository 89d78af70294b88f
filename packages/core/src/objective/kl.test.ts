import { describe, expect, it } from '@jest/globals';
import { klEstimate } from './kl.js';

const policy = [0.6, 0.3, 0.1];
const reference = [0.2, 0.3, 0.5];
const estimators = ['k1', 'k2', 'k3'] as const;

/** KL(left || right) by enumeration. */
function divergence(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, mass, index) => sum + mass * Math.log(mass / (right[index] ?? NaN)), 0);
}

/** The mean of a per-symbol figure over symbols drawn from the policy. */
function meanOver(figure: (symbol: number) => number): number {
  return policy.reduce((sum, mass, symbol) => sum + mass * figure(symbol), 0);
}

function estimate(estimator: (typeof estimators)[number], symbol: number) {
  return klEstimate(estimator, Math.log(policy[symbol] ?? NaN), Math.log(reference[symbol] ?? NaN));
}

/** Mean gradient by each logit of a softmax policy: slope x d logprob / d logit, symbols drawn from the policy. */
function meanGradient(estimator: (typeof estimators)[number]): number[] {
  return policy.map((mass, logit) =>
    meanOver((symbol) => estimate(estimator, symbol).slope * ((symbol === logit ? 1 : 0) - mass)),
  );
}

/** Finite differences of a divergence by the policy's logits. */
function gradientOf(distance: (moved: readonly number[]) => number): number[] {
  const step = 1e-5;
  const moved = (logit: number, shift: number): number[] => {
    const weights = policy.map((mass, index) => mass * Math.exp(index === logit ? shift : 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  };
  return policy.map((_, logit) => (distance(moved(logit, step)) - distance(moved(logit, -step))) / (2 * step));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 8));
}

describe('klEstimate', () => {
  it('k1 and k3 have the divergence as their mean, k2 does not', () => {
    const exact = divergence(policy, reference);
    expect(meanOver((symbol) => estimate('k1', symbol).value)).toBeCloseTo(exact, 12);
    expect(meanOver((symbol) => estimate('k3', symbol).value)).toBeCloseTo(exact, 12);
    expect(Math.abs(meanOver((symbol) => estimate('k2', symbol).value) - exact)).toBeGreaterThan(0.005);
  });

  it('as a loss k1 pulls nowhere, k2 down KL(policy || reference), k3 down KL(reference || policy)', () => {
    expectClose(meanGradient('k1'), [0, 0, 0]);
    expectClose(
      meanGradient('k2'),
      gradientOf((moved) => divergence(moved, reference)),
    );
    expectClose(
      meanGradient('k3'),
      gradientOf((moved) => divergence(reference, moved)),
    );
  });

  it('is zero with slope zero (k1: one) where policy and reference agree', () => {
    expect(estimators.map((estimator) => klEstimate(estimator, -2, -2))).toEqual([
      { value: -0, slope: 1 },
      { value: 0, slope: -0 },
      { value: 0, slope: 0 },
    ]);
  });

  it('k3 is bounded far from the reference, and NaN stays NaN', () => {
    expect(klEstimate('k3', -40, -1)).toEqual({ value: 10, slope: 0 });
    expect(klEstimate('k3', -1, -60).value).toBe(10);
    for (const estimator of estimators) expect(klEstimate(estimator, NaN, -1).value).toBeNaN();
  });
});
