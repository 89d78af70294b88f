import { z } from 'zod';

/** Options of the search tool `http`. */
export const httpOptions = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .describe(
      "Address of the service; without a path, the dialect's own path is added (`/retrieve`, `/batch_search`).",
    ),
  dialect: z
    .enum(['search-r1', 'skyrl', 'recall'])
    .default('search-r1')
    .describe(
      'How queries are sent: `search-r1` (also verl and `turnwise serve`) a list at once, `skyrl` one a request, `recall` a list to /batch_search.',
    ),
  headers: z.record(z.string(), z.string()).default({}).describe('Headers sent with every request.'),
  tokenVariable: z
    .string()
    .min(1)
    .optional()
    .describe('Environment variable whose value is sent as bearer token, so that no secret stands in a configuration.'),
  topK: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Passages a search brings where `rollout.topK` is not set; without either, 3.'),
  maxReplyMegabytes: z.number().positive().max(1024).default(64).describe('Longer replies are refused.'),
});

export type HttpOptions = z.infer<typeof httpOptions>;
