import { describe, expect, it } from '@jest/globals';
import { objectiveSchema } from './objective-schema.js';
import { trainingSchema } from './training-schema.js';

const deadGroups = (value: unknown) => trainingSchema.safeParse({ deadGroups: value });

describe('training.deadGroups', () => {
  it('keeps dead groups in everything unless told otherwise', () => {
    const kept = { policy: 'keep', countInDenominators: true, regularise: true };
    expect(trainingSchema.parse({}).deadGroups).toEqual(kept);
    expect(deadGroups({ countInDenominators: false }).data?.deadGroups).toEqual({
      ...kept,
      countInDenominators: false,
    });
    expect(deadGroups({ policy: 'refill' }).data?.deadGroups).toEqual({ policy: 'refill', maxRounds: 4 });
  });

  it.each([
    [{ policy: 'mask', countInDenominators: true }],
    [{ policy: 'drop', maxRounds: 3 }],
    [{ policy: 'refill', regularise: true }],
    [{ policy: 'refill', maxRounds: 1 }],
    [{ policy: 'skip' }],
  ])('refuses %j', (value) => {
    expect(deadGroups(value).success).toBe(false);
  });
});

describe('objective', () => {
  it.each(['token-mean', 'sequence-mean', 'constant', 'token-sum', 'sequence-mean-token-sum'] as const)(
    'aggregates by %s',
    (aggregation) => {
      expect(objectiveSchema.parse({ kind: 'importance-sampling', aggregation }).aggregation).toBe(aggregation);
    },
  );

  it('clips the ratio of a whole trajectory as narrowly as its paper does', () => {
    expect(objectiveSchema.parse({ kind: 'gspo' })).toMatchObject({ low: 3e-4, high: 4e-4 });
  });

  it('holds each kind to its own keys', () => {
    expect(objectiveSchema.safeParse({ kind: 'cispo', dualClip: 3 }).success).toBe(false);
    expect(objectiveSchema.safeParse({ kind: 'importance-sampling', low: 0.1 }).success).toBe(false);
    expect(objectiveSchema.parse({ kind: 'ppo-clip' })).toEqual({
      kind: 'ppo-clip',
      low: 0.2,
      high: 0.2,
      dualClip: null,
      kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
      aggregation: 'token-mean',
      entropyCoefficient: 0,
      importanceTruncation: null,
    });
  });
});
