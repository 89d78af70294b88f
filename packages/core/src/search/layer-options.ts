import { z } from 'zod';

const seconds = (fallback: number, most: number, meaning: string) =>
  z.number().positive().max(most).default(fallback).describe(meaning);

/** Options of the layer around every search tool: `search: { use, with, layer }` in the configuration. */
export const searchLayerOptions = z
  .strictObject({
    cacheEntries: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(10_000)
      .describe(
        'Outcomes kept, least recently used out first; 0 keeps none, equal searches in flight are still shared.',
      ),
    batchSize: z.int().min(1).max(4096).default(64).describe('Most queries handed to the tool in one call.'),
    batchWaitMilliseconds: z
      .number()
      .min(0)
      .max(1000)
      .default(2)
      .describe('How long a query waits for others to share its call.'),
    concurrency: z.int().min(1).max(1024).default(8).describe('Most calls of the tool under way at once.'),
    timeoutSeconds: seconds(30, 3600, 'Deadline of one query, waiting, retries and all.'),
    attempts: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe('Most calls for one batch; only lost connections, 429 and 5xx are tried again.'),
    retrySeconds: seconds(0.5, 60, 'Upper bound of the random pause before the first retry; doubles with each one.'),
    breakerFailures: z
      .int()
      .min(0)
      .max(100_000)
      .default(10)
      .describe('Failed calls in a row after which queries fail at once; 0 never does that.'),
    breakerSeconds: seconds(5, 3600, 'How long queries fail at once before one call is let through as a probe.'),
    record: z.string().min(1).optional().describe('File to which every search and its outcome is appended.'),
    replay: z
      .string()
      .min(1)
      .optional()
      .describe('File of recorded searches to answer from; the tool is never called.'),
  })
  .refine(({ record, replay }) => record === undefined || replay === undefined, {
    path: ['replay'],
    message: 'searches are either recorded or replayed, not both',
  });

/** As read from a configuration, defaults filled in. */
export type SearchLayerOptions = z.infer<typeof searchLayerOptions>;
