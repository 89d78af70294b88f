import { z } from 'zod';

/** Options of the HTTP services. */
export const serverOptions = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on. Any but a loopback address needs a token.'),
  port: z.int().min(0).max(65535).default(8000).describe('0 takes a free one.'),
  token: z
    .string()
    .min(16, 'a token needs at least 16 characters')
    .optional()
    .describe('Bearer token every request but GET /health must carry.'),
  defaultTopK: z.int().min(1).max(100).default(3).describe('Hits of a query that does not say how many.'),
  maxTopK: z.int().min(1).max(10_000).default(100).describe('Requests for more get this many.'),
  maxQueries: z.int().min(1).max(1_000_000).default(10_000).describe('Most queries of one request.'),
  maxBodyBytes: z.int().min(1024).max(1_000_000_000).default(8_388_608).describe('Longer requests are refused (413).'),
  concurrency: z
    .int()
    .min(1)
    .max(100_000)
    .default(256)
    .describe('Requests under way at once; more are sent away (503).'),
  timeoutSeconds: z.number().positive().max(3600).default(30).describe('Requests that take longer are ended (504).'),
  drainSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('At shutdown, how long requests under way may take to end.'),
});

/** As read from a configuration, defaults filled in. */
export type ServerOptions = z.infer<typeof serverOptions>;
