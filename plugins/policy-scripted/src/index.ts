import { definePolicy } from '@turnwise/core';
import { z } from 'zod';
import { ScriptedPolicy } from './scripted-policy.js';

export { ScriptedPolicy } from './scripted-policy.js';

const options = z.strictObject({
  searches: z
    .int()
    .min(0)
    .max(10)
    .default(3)
    .describe('Most searches before it answers; fewer when nothing promising is left or none is permitted.'),
});

export type ScriptedPolicyOptions = z.infer<typeof options>;

/** A deterministic search agent without a model: baseline and test double. */
export default definePolicy<ScriptedPolicyOptions>({
  id: 'scripted',
  version: '0.1.0',
  options,
  create: (_context, { searches }) => new ScriptedPolicy(searches),
});
