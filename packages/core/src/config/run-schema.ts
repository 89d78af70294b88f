import { z } from 'zod';
import { corpusSourceSchema, dataSchema } from './data-schema.js';
import { objectiveSchema } from './objective-schema.js';
import { pluginUseSchema, pluginUseWithDefault, rewardSchema, searchUseSchema } from './plugin-use-schema.js';
import { evaluationSchema, rolloutSchema } from './rollout-schema.js';
import { trainingSchema } from './training-schema.js';

const strategyPairSchema = z.strictObject({
  reward: rewardSchema,
  advantage: pluginUseSchema.describe('The advantage plugin.'),
});

/**
 * The configuration of a run, strict at every level: an unknown key is an error. `strategy` names a pair of reward and
 * advantage; `reward` and `advantage` spell the pair out. One or the other, never both.
 */
export const runSchema = z.strictObject({
  seed: z.int().min(0).default(1).describe('Seed of every random stream of the run.'),
  data: dataSchema.prefault({}).describe('Questions.'),
  corpus: corpusSourceSchema.optional().describe('Passages to search. Default: the world of the questions, if any.'),
  policy: pluginUseWithDefault('transformer').describe('What answers.'),
  search: searchUseSchema.describe('What finds passages.'),
  protocol: pluginUseWithDefault('search-r1').describe('How prompts, searches and answers are written.'),
  strategy: z.string().min(1).optional().describe('Named pair of reward and advantage. Default: tspo.'),
  strategies: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and dashes'),
      strategyPairSchema,
    )
    .default({})
    .describe('Named pairs of your own.'),
  reward: rewardSchema.optional().describe('Instead of `strategy`, together with `advantage`.'),
  advantage: pluginUseSchema.optional().describe('Instead of `strategy`, together with `reward`.'),
  rollout: rolloutSchema.prefault({}).describe('How trajectories are sampled.'),
  evaluation: evaluationSchema.prefault({}).describe('How held-out questions are answered.'),
  training: trainingSchema.prefault({}).describe('The training loop.'),
  objective: objectiveSchema.prefault({ kind: 'ppo-clip' }).describe('What the policy minimises.'),
  run: z
    .strictObject({
      name: z
        .string()
        .regex(/^[\w][\w.-]*$/, 'expected letters, digits, dots, dashes and underscores')
        .optional()
        .describe('Name of the run folder. Default: made of configuration, strategy, seed and time.'),
      folder: z
        .string()
        .min(1)
        .optional()
        .describe('Where run folders are made. Default: runs/ in the current folder.'),
    })
    .prefault({})
    .describe('Name and place of the run folder.'),
  plugins: z
    .strictObject({
      allow: z
        .array(z.string().min(1))
        .optional()
        .describe('Third-party packages that may run. Default: any; built-ins and files of the project always may.'),
      lock: z.string().min(1).default('turnwise.lock.json').describe('Lock file, relative to this configuration.'),
    })
    .prefault({})
    .describe('Which plugins may run.'),
  trackers: z.array(pluginUseSchema).default([]).describe('Further places metrics go to.'),
});

/** A configuration as a user writes it. */
export type RunConfigInput = z.input<typeof runSchema>;

/** A configuration that passed the schema, defaults filled in. */
export type RunConfigShape = z.output<typeof runSchema>;

/**
 * The JSON Schema (draft 2020-12) of a configuration file, for editors and for looking up what is allowed. What only a
 * TypeScript configuration can hold (an imported plugin) is left out.
 */
export function runJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(runSchema, { io: 'input', unrepresentable: 'any', override: dropUnrepresentable });
}

type Choices = { anyOf?: object[] };

function dropUnrepresentable({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Choices }): void {
  if (!(zodSchema instanceof z.ZodUnion)) return;
  const isCustom = (index: number): boolean => zodSchema.options[index] instanceof z.ZodCustom;
  const options = jsonSchema.anyOf?.filter((_, index) => !isCustom(index));
  if (options?.length !== 1) return;
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, ...options);
}
