import { z } from 'zod';

/**
 * Options of the First-Occurrence Latent Reward. The public record of the paper (abstract and summaries of arXiv
 * 2601.22776) says that a partial reward goes to the step where the gold answer first appears in retrieved text, and
 * that no reward model is needed. It gives no equation and no number; each option says what is known and what is not.
 */
export const folrOptions = z.strictObject({
  credit: z
    .enum(['prefix', 'at', 'decay'])
    .default('prefix')
    .describe(
      'Which turns of a wrong trajectory share the latent reward when gold first appears at turn t: all turns up to t (prefix), turn t alone (at), or turns up to t with alpha x decay^(t - k) (decay). KNOWN: turn t is credited. UNKNOWN: whether earlier turns are. prefix is the return-to-go of at.',
    ),
  alpha: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'The latent reward, in [0, 1]; 1 pays a wrong trajectory like a right one and is warned about. KNOWN: partial, so below 1. UNKNOWN: its value; 0.5 is what MT-GRPO and R1-Searcher pay for retrieved gold.',
    ),
  decay: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe('Factor per turn before t when credit is decay; in (0, 1]. Ours: no source mentions a decay.'),
  correctReward: z
    .enum(['broadcast', 'from-first-occurrence', 'last-turn'])
    .default('broadcast')
    .describe(
      'Where a right trajectory gets its outcome: every turn, the turns up to the first occurrence (every turn when there was none), or the last turn. INFERRED: broadcast, since partial credit presupposes a full one.',
    ),
  match: z
    .enum(['normalized-substring', 'token-boundary', 'raw-lower'])
    .default('normalized-substring')
    .describe('When a text holds a gold answer. UNKNOWN in the paper; the default is the test of Search-R1.'),
  scope: z
    .enum(['observation', 'assistant', 'both'])
    .default('observation')
    .describe('Where gold is looked for: in what searches returned (KNOWN), in what the policy wrote, or in both.'),
  observationText: z
    .enum(['as-seen', 'hits'])
    .default('as-seen')
    .describe(
      'The observation as the policy read it, after truncation, or the whole passages found. UNKNOWN in the paper.',
    ),
  guards: z
    .strictObject({
      ignoreYesNo: z.boolean().default(true).describe('Leave out gold answers that are yes, no or noanswer. Ours.'),
      minChars: z.int().min(1).default(2).describe('Leave out gold answers shorter than this once normalised. Ours.'),
      ignoreIfInQuestion: z
        .boolean()
        .default(false)
        .describe('Leave out gold answers the question already contains. Ours.'),
      ignoreTitle: z
        .boolean()
        .default(false)
        .describe('Leave the titles of passages out of the search for gold. Ours.'),
    })
    .prefault({})
    .describe(
      'Gold answers whose appearance proves nothing. Gold that normalises to nothing is always left out. UNKNOWN in the paper; these are ours.',
    ),
  requireAnswer: z
    .boolean()
    .default(true)
    .describe(
      "Pay the latent reward only to trajectories that gave an answer. Ours, not the paper's: otherwise a search on the last permitted turn is paid too, and the policy learns to run out of turns.",
    ),
  metric: z
    .enum(['exact-match', 'f1', 'contains'])
    .default('exact-match')
    .describe('How the final answer is scored. KNOWN: exact match is what the paper reports.'),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'An answer counts as correct from this score on; matters for f1 only. In (0, 1]. Ours: with exact match it changes nothing.',
    ),
});

export type FolrOptions = z.output<typeof folrOptions>;
