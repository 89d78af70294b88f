import { z } from 'zod';
import { describeIssue } from '../data/parse-row.js';
import { TurnwiseError } from '../errors/index.js';
import { excerpt } from '../text/index.js';

/**
 * What is relied on when a run's own files are read back. They may come from another machine, another version or a
 * damaged disk: what is there must have the right shape; what is missing is for the reader to judge.
 */
const count = z.int().min(0);
const numbers = z.record(z.string(), z.number());

const questionRecord = z.looseObject({
  visits: count,
  lastStep: count,
  success: z.number(),
  signal: z.number(),
  faults: z.array(z.string()),
  quarantinedAt: count.optional(),
});

const trainerState = z.looseObject({
  updates: count,
  data: z.looseObject({ pass: count, position: count }),
  events: count,
  best: z.looseObject({ step: count, value: z.number() }).nullable(),
  plugins: z.record(
    z.string(),
    z.looseObject({ random: z.tuple([z.number(), z.number(), z.number(), z.number()]), state: z.unknown().optional() }),
  ),
  questions: z.array(z.tuple([z.string(), questionRecord])).optional(),
  watchdog: z
    .looseObject({
      recent: z.record(z.string(), z.array(z.number())),
      highest: numbers,
      lowest: numbers,
      crossed: z.array(z.string()),
    })
    .optional(),
  rollbacks: count.optional(),
});

/** A name that leads out of the checkpoint would have any file of the machine read. */
const leadsOut = /^([\\/]|[a-z]:)|(^|[\\/])\.\.([\\/]|$)/i;
const files = z
  .record(z.string(), z.looseObject({ bytes: count, sha256: z.string() }))
  .refine(
    (found) => !Object.keys(found).some((name) => leadsOut.test(name)),
    'expected names of files in the checkpoint',
  );

/** `trainer.json` */
export const trainerFile = z.looseObject({
  step: count,
  search: z.string().nullable().optional(),
  state: trainerState.optional(),
  files: files.optional(),
});

/** `manifest.json` */
export const manifestFile = z.looseObject({
  strategy: z.string().optional(),
  seed: z.number().optional(),
  configFile: z.string().nullable().optional(),
  plugins: z.array(z.looseObject({ kind: z.string(), id: z.string() })).optional(),
  data: z.record(z.string(), z.looseObject({ sha256: z.string(), count: z.number() }).optional()).optional(),
  searchKey: z.string().optional(),
  resumes: z
    .array(z.looseObject({ at: z.string(), step: z.number(), notes: z.array(z.string()).optional() }))
    .optional(),
});

/** `RUN_CORRUPT`: a file that `JSON.parse` refused. Its message quotes the file and may span lines. */
export function notJson(file: string, cause: unknown, hint: string): TurnwiseError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = excerpt(message.replace(/ is not valid JSON$/, ''), 120);
  return new TurnwiseError('RUN_CORRUPT', `${file} is not valid JSON: ${reason}.`, { where: file, hint, cause });
}

/** @throws RUN_CORRUPT naming the file and the first field that is wrong */
export function checkRecorded(file: string, value: unknown, schema: z.ZodType): void {
  const { error } = schema.safeParse(value);
  const issue = error?.issues[0];
  if (issue === undefined) return;
  const reason = describeIssue(issue.path, issue.message, value);
  throw new TurnwiseError('RUN_CORRUPT', `${file} cannot be read: ${reason}.`, { where: file, cause: error });
}
