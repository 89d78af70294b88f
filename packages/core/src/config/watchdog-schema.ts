import { z } from 'zod';

/** When a metric has gone wrong, and what happens then. Compared is its mean over the last `window` steps. */
const limitSchema = z
  .strictObject({
    below: z.number().optional().describe('Gone wrong when less than this.'),
    above: z.number().optional().describe('Gone wrong when more than this.'),
    drop: z.number().gt(0).lt(1).optional().describe('Gone wrong when this share of its highest mean so far is lost.'),
    rise: z.number().gt(1).optional().describe('Gone wrong when above this many times its lowest mean so far.'),
    action: z
      .enum(['warn', 'stop', 'rollback'])
      .default('warn')
      .describe('Say so; end the run; or go back to the last good checkpoint.'),
  })
  .refine(({ below, above, drop, rise }) => [below, above, drop, rise].some((limit) => limit !== undefined), {
    message: 'expected at least one of below, above, drop and rise',
  });

const limit = (fallback: z.input<typeof limitSchema> | null, metric: string) =>
  limitSchema.nullable().prefault(fallback).describe(`On ${metric}. null: not watched.`);

/** What is watched for signs of a collapse. */
export const watchdogSchema = z.strictObject({
  window: z.int().min(1).default(5).describe('Steps a mean is taken over; before there are as many, nothing fires.'),
  entropy: limit({ drop: 0.95 }, 'update/entropy, nats a token'),
  kl: limit(null, 'update/kl'),
  invalidRate: limit({ above: 0.5 }, 'rollout/invalid-rate, the share of turns that neither search nor answer'),
  length: limit(null, 'rollout/tokens for each trajectory that was sampled'),
  searchRate: limit(null, 'rollout/search-rate, the share of turns that search'),
  reward: limit({ drop: 0.5 }, 'reward/outcome-mean'),
  rollback: z
    .strictObject({
      learningRateFactor: z
        .number()
        .gt(0)
        .max(1)
        .default(0.5)
        .describe('Each rollback multiplies the learning rate by this.'),
      reorder: z.boolean().default(true).describe('Each rollback draws questions and samples anew.'),
      most: z.int().min(1).default(3).describe('Rollbacks of a run; what would be one more ends it.'),
    })
    .refine(({ learningRateFactor, reorder }) => learningRateFactor < 1 || reorder, {
      message: 'with learningRateFactor 1 and reorder false the run would do again what it did',
    })
    .prefault({})
    .describe('How a run goes on after it went back.'),
});
