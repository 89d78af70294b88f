import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTracker } from '@turnwise/core';
import { z } from 'zod';

/** Notes the memory of the process in megabytes every few steps, after a full collection. */
export default defineTracker({
  id: 'memory',
  version: '1.0.0',
  options: z.strictObject({ every: z.number() }),
  create: ({ paths }, { every }) => ({
    record: (step) => {
      if (step % every !== 0) return;
      const { gc } = globalThis;
      gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      const note = { step, resident: rss / 1e6, heap: heapUsed / 1e6, external: external / 1e6 };
      appendFileSync(join(paths.base, 'memory.jsonl'), `${JSON.stringify(note)}\n`);
    },
  }),
});
