import { z } from 'zod';

const isolationLimits = z.strictObject({
  kind: z.literal('worker').describe('A thread of its own.'),
  timeoutSeconds: z.number().gt(0).max(86400).default(10).describe('Wall-clock limit for one group, in seconds.'),
  memoryMegabytes: z
    .int()
    .min(64)
    .max(65536)
    .default(256)
    .describe("Limit of the worker's JavaScript heap, in MiB; buffers and native memory are outside it."),
  startSeconds: z.number().gt(0).max(86400).default(60).describe('Limit for importing and creating the plugin.'),
});

/** `isolation` of a configuration: the name of the kind, or limits. */
export const isolationSchema = z
  .union([z.literal('worker').transform(() => isolationLimits.parse({ kind: 'worker' })), isolationLimits])
  .describe('Creates and calls the plugin in a worker thread with limits: `worker`, or an object. Default: not.');

/** Limits of a reward that runs in a worker. */
export type Isolation = z.output<typeof isolationLimits>;
