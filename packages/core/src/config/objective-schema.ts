import { z } from 'zod';

const shared = {
  kl: z
    .strictObject({
      estimator: z
        .enum(['k1', 'k2', 'k3'])
        .default('k3')
        .describe('k1 = -d (measures, does not pull), k2 = d^2/2, k3 = exp(d) - d - 1.'),
      coefficient: z.number().min(0).default(0).describe('0 turns the KL penalty off.'),
      reference: z.enum(['initial', 'sampler']).default('initial').describe('Policy the penalty pulls towards.'),
    })
    .prefault({}),
  aggregation: z
    .enum(['token-mean', 'sequence-mean', 'constant', 'token-sum', 'sequence-mean-token-sum'])
    .default('token-mean')
    .describe('How token losses become one number; sums grow with batch or length.'),
  entropyCoefficient: z.number().min(0).default(0).describe('Weight of the entropy bonus.'),
  importanceTruncation: z
    .number()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Off-policy correction for rollout.maxStaleness: token losses are weighted by min(now / at sampling, this); 2 is usual. null: off.',
    ),
};
const low = z.number().min(0).max(1).default(0.2).describe('The ratio is clipped below at 1 - low.');
const high = z.number().min(0).default(0.2).describe('The ratio is clipped above at 1 + high.');

/** What the policy minimises; a closed list, because remote trainers support a closed list. */
export const objectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ppo-clip').default('ppo-clip').describe('Clipped ratio of each token.'),
    low,
    high,
    dualClip: z.number().min(1).nullable().default(null).describe('For A < 0 the loss is capped at -A times this.'),
    ...shared,
  }),
  z.strictObject({ kind: z.literal('importance-sampling').describe('Ratio of each token, not clipped.'), ...shared }),
  z.strictObject({
    kind: z.literal('cispo').describe('Clipped ratio as a constant weight of the log-probability.'),
    low,
    high,
    ...shared,
  }),
  z.strictObject({
    kind: z.literal('gspo').describe('Clipped ratio of a whole trajectory.'),
    low: low.default(3e-4).describe('As above, for the ratio of a whole trajectory, a geometric mean near 1.'),
    high: high.default(4e-4).describe('As above, for the ratio of a whole trajectory.'),
    ...shared,
  }),
]);
