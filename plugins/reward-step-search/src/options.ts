import { z } from 'zod';

/** Options of the `step-search` reward. */
export const stepSearchOptions = z.strictObject({
  scale: z.number().min(0).default(0.6).describe("Factor of gain minus redundancy; 0.6 in the authors' code."),
  gainWeight: z.number().min(0).default(1).describe('Weight of the information gain.'),
  redundancyWeight: z.number().min(0).default(1).describe('Weight of the share of passages returned before.'),
  metric: z
    .enum(['exact-match', 'f1', 'contains'])
    .default('f1')
    .describe('How the final answer is scored; paid in the last turn. The authors use F1.'),
  threshold: z.number().gt(0).max(1).default(1).describe('An answer counts as correct from this score on.'),
});

export type StepSearchOptions = z.output<typeof stepSearchOptions>;
