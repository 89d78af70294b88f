import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineTracker } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  file: z.string().min(1).default('metrics.csv').describe('File to append to, from the folder of the configuration.'),
  metrics: z.array(z.string().min(1)).default([]).describe('Names of the metrics to write; none writes all of them.'),
});

/** Appends one line `step,metric,value` for each metric of a step. */
export default defineTracker({
  id: '__ID__',
  version: '0.1.0',
  options,
  create({ paths }, { file, metrics: wanted }) {
    const path = resolve(paths.base, file);
    return {
      async record(step, metrics) {
        const chosen = Object.entries(metrics).filter(([name]) => wanted.length === 0 || wanted.includes(name));
        await appendFile(path, chosen.map(([name, value]) => `${step},${name},${value}\n`).join(''));
      },
    };
  },
});
