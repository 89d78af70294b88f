import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Objective, PolicyLoss } from '../contract/index.js';
import { tokenWeights } from './aggregation.js';
import { klEstimate } from './kl.js';
import { objectiveLoss } from './objective-loss.js';
import { tokenLoss } from './token-loss.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const clip = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** The table of the docstring, as one function of the ratio. */
function valueOf(loss: PolicyLoss, advantage: number, ratio: number, logprob: number): number {
  if (loss.kind === 'importance-sampling') return -advantage * ratio;
  const held = clip(ratio, 1 - loss.low, 1 + loss.high);
  if (loss.kind === 'cispo') return -held * advantage * logprob;
  const value = Math.max(-advantage * ratio, -advantage * held);
  const cap =
    loss.kind === 'ppo-clip' && loss.dualClip !== null && advantage < 0 ? -advantage * loss.dualClip : Infinity;
  return Math.min(value, cap);
}

const width = number(0.05, 0.5);
const anyLoss: fc.Arbitrary<PolicyLoss> = fc.oneof(
  fc.record({
    kind: fc.constant('ppo-clip' as const),
    low: width,
    high: width,
    dualClip: fc.option(number(1.1, 4)),
  }),
  fc.constant({ kind: 'importance-sampling' as const }),
  fc.record({ kind: fc.constant('cispo' as const), low: width, high: width }),
  fc.record({ kind: fc.constant('gspo' as const), low: width, high: width }),
);

describe('tokenLoss', () => {
  it('has the value of its formula, and says whether a clip decided', () => {
    fc.assert(
      fc.property(anyLoss, number(-2, 2), number(-4, -0.1), number(-3, 3), (loss, advantage, logprob, logRatio) => {
        const ratio = Math.exp(logRatio);
        // The token's own ratio is another one than its sequence's.
        const sampling = loss.kind === 'gspo' ? logprob : logprob - logRatio;
        const part = tokenLoss(loss, advantage, logprob, sampling, loss.kind === 'gspo' ? logRatio : 7);
        expect(part.value).toBeCloseTo(valueOf(loss, advantage, ratio, logprob), 9);
        if (loss.kind === 'importance-sampling') expect(part.clipped).toBe(false);
        else if (loss.kind === 'cispo') expect(part.clipped).toBe(ratio < 1 - loss.low || ratio > 1 + loss.high);
        else if (Math.abs(part.value + advantage * ratio) > 1e-9)
          expect(part).toMatchObject({ clipped: true, slope: 0 });
        else if (part.slope !== 0) expect(part.clipped).toBe(false);
      }),
      { seed: 46, numRuns: 300 },
    );
  });

  it('caps the loss of what should be avoided with dual clip, and of nothing else', () => {
    const loss: PolicyLoss = { kind: 'ppo-clip', low: 0.2, high: 0.2, dualClip: 3 };
    const at = (advantage: number, ratio: number, by: PolicyLoss = loss) =>
      tokenLoss(by, advantage, Math.log(ratio) - 1, -1, 0);
    expect(at(-2, 4)).toEqual({ value: 6, slope: 0, clipped: true });
    expect(at(-2, 2.5)).toEqual({ value: expect.closeTo(5, 12), slope: expect.closeTo(5, 12), clipped: false });
    expect(at(-2, 4, { ...loss, dualClip: null })).toMatchObject({ value: expect.closeTo(8, 12), clipped: false });
    expect(at(2, 4)).toMatchObject({ value: -2.4, slope: 0, clipped: true });
    expect(at(-2, 0.1)).toMatchObject({ value: 1.6, slope: 0, clipped: true });
    expect(at(0, 9)).toMatchObject({ value: expect.closeTo(0, 12), clipped: false });
  });

  it('keeps ratios finite, and does not pull where it holds them', () => {
    const importance: PolicyLoss = { kind: 'importance-sampling' };
    for (const [logprob, sampling, held] of [
      [-1, -900, Math.exp(20)],
      [-900, -1, Math.exp(-20)],
    ] as const) {
      expect(tokenLoss(importance, 1, logprob, sampling, 0)).toEqual({ value: -held, slope: 0, clipped: false });
    }
    const wide: PolicyLoss = { kind: 'gspo', low: 0.2, high: 1e9 };
    expect(tokenLoss(wide, 1, -1, -1, 900)).toEqual({ value: -Math.exp(10), slope: 0, clipped: false });
    expect(tokenLoss(wide, 1, -1, -1, 9)).toEqual({ value: -Math.exp(9), slope: -Math.exp(9), clipped: false });
  });
});

describe('objectiveLoss', () => {
  const row = fc.record({
    logprob: number(-4, -0.1),
    sampling: number(-4, -0.1),
    reference: number(-4, -0.1),
    advantage: number(-2, 2),
    sequence: fc.nat(2),
    entropy: number(0, 2),
  });

  it('adds its terms up as its formula says, and reports the means of them', () => {
    fc.assert(
      fc.property(
        anyLoss.filter(({ kind }) => kind !== 'gspo'),
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('k1' as const, 'k2' as const, 'k3' as const),
        fc.option(number(0.5, 2)),
        (loss, rows, estimator, importanceTruncation) => {
          const objective: Objective = {
            ...loss,
            kl: { estimator, coefficient: 0.3, reference: 'initial' },
            aggregation: 'sequence-mean',
            entropyCoefficient: 0.7,
            importanceTruncation,
          };
          const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((token) => token[key]);
          const sequences = column('sequence');
          const totals = { tokens: rows.length, sequences: new Set(sequences).size, trajectories: 5, maxTokens: 9 };
          const weights = tokenWeights(objective.aggregation, sequences, totals);
          let expected = 0;
          let kl = 0;
          let clipped = 0;
          rows.forEach(({ logprob, sampling, reference, advantage, entropy }, token) => {
            const importance = Math.min(Math.exp(logprob - sampling), importanceTruncation ?? Infinity);
            const part = tokenLoss(loss, advantage, logprob, importanceTruncation === null ? sampling : logprob, 0);
            const penalty = klEstimate(estimator, logprob, reference).value;
            const value = part.value * (importanceTruncation === null ? 1 : importance);
            expected += (weights[token] ?? NaN) * (value + 0.3 * penalty - 0.7 * entropy);
            kl += penalty / rows.length;
            clipped += Number(part.clipped) / rows.length;
          });
          const result = objectiveLoss(
            objective,
            {
              logprobs: column('logprob'),
              samplingLogprobs: column('sampling'),
              referenceLogprobs: column('reference'),
              advantages: column('advantage'),
              sequences,
              entropies: column('entropy'),
            },
            totals,
          );
          expect(result.loss).toBeCloseTo(expected, 9);
          expect(result.kl).toBeCloseTo(kl, 9);
          expect(result.clipFraction).toBeCloseTo(clipped, 9);
          expect(result.entropy).toBeCloseTo(
            column('entropy').reduce((sum, value) => sum + value / rows.length, 0),
            9,
          );
        },
      ),
      { seed: 47 },
    );
  });

  it('calls a weight cut that was above the bound, not one that is at it', () => {
    const tokens = {
      logprobs: [-1],
      samplingLogprobs: [-1],
      referenceLogprobs: null,
      advantages: [1],
      sequences: [0],
      entropies: null,
    };
    const objective: Objective = {
      kind: 'importance-sampling',
      kl: { estimator: 'k3', coefficient: 0, reference: 'sampler' },
      aggregation: 'token-sum',
      entropyCoefficient: 0,
      importanceTruncation: 1,
    };
    const totals = { tokens: 1, sequences: 1, trajectories: 1, maxTokens: 1 };
    expect(objectiveLoss(objective, tokens, totals).importance).toEqual({ weight: 1, truncated: 0 });
  });
});
