import { z } from 'zod';
import { serverNames } from './server-profile.js';

/** Options of the policy `tinker`. */
export const tinkerOptions = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Address of the server, without `/api/v1`.'),
  server: z.enum(serverNames).describe('Which server it is: they reduce losses, clip and sample differently.'),
  baseModel: z.string().min(1).describe('Model to train, by the name the server offers it under.'),
  tokenizer: z
    .string()
    .min(1)
    .describe('Local folder with the tokenizer.json of the model: text becomes tokens on this side of the wire.'),
  rank: z.int().min(0).max(4096).default(32).describe('Rank of the LoRA adapter; 0: all weights, on `skyrl-ray`.'),
  keyVariable: z
    .string()
    .min(1)
    .optional()
    .describe('Environment variable with the API key, so that no secret stands in a configuration.'),
  maxContext: z
    .int()
    .min(2)
    .optional()
    .describe('Most tokens of a trajectory. Default: what the server states, if it does.'),
  beta1: z.number().min(0).lt(1).default(0.9).describe('AdamW: decay of the first moment.'),
  beta2: z.number().min(0).lt(1).default(0.95).describe('AdamW: decay of the second moment.'),
  epsilon: z.number().gt(0).default(1e-8).describe('AdamW: added to the denominator.'),
  pollSeconds: z.number().gt(0).max(300).default(45).describe('How long one long poll waits before the next.'),
  patienceSeconds: z
    .number()
    .gt(0)
    .default(600)
    .describe('How long a server may be out of reach or refuse work for a while before the run ends.'),
  resultSeconds: z
    .number()
    .gt(0)
    .default(14_400)
    .describe(
      'How long the result of one request may be pending before the run ends; pauses the server tells of aside.',
    ),
  retryMilliseconds: z.number().gt(0).default(500).describe('Pause before the first retry; doubles up to 30 s.'),
  probe: z
    .boolean()
    .default(true)
    .describe(
      'Before training, measure on a model that is thrown away whether the server reduces losses as `server` says.',
    ),
  heartbeatSeconds: z.number().gt(0).max(120).default(10).describe('Pause between signs of life of the session.'),
});

export type TinkerOptions = z.infer<typeof tinkerOptions>;
