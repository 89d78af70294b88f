import { transcriptGroup, TurnwiseError } from '@turnwise/core';
import type { ShapedGroup, TurnRewards } from '@turnwise/core';
import { z } from 'zod';
import { HttpFailure } from './http-failure.js';
import { checkBody, parseJsonBody } from './read-body.js';
import type { Route } from './route.js';
import { openStrategy, shape } from './score.js';
import type { CreditStrategies } from './services.js';

/**
 * These trainers take one number a trajectory. `outcome` leaves turn-level credit out; `turn-mean` brings it back at
 * trajectory level, which also pays the turn that answered wrongly.
 */
const query = z.object({
  strategy: z.string().min(1).optional().describe("Whose rewards. Default: the configuration's strategy."),
  reward: z
    .enum(['outcome', 'turn-mean'], 'expected "outcome" or "turn-mean"')
    .default('outcome')
    .describe('What becomes the number: the outcome reward, or the mean over the turns.'),
});

const texts = z.array(z.string({ error: 'expected text' }));
const label = z.union([z.string(), z.number(), z.array(z.string())], 'expected a gold answer or a list of them');

const openRlhfRequest = z
  .object({
    query: texts.min(1, 'expected at least one text').describe('Prompt and response of each sample, as one text.'),
    prompts: texts.describe('The prompt of each sample.'),
    labels: z.array(label).describe('Gold answers; a list, or a text that is a JSON list, holds aliases.'),
  })
  .superRefine(({ query, prompts, labels }, context) => {
    for (const [name, list] of Object.entries({ prompts, labels })) {
      if (list.length === query.length) continue;
      context.addIssue({ code: 'custom', path: [name], message: `expected ${query.length} elements, as query has` });
    }
  });

const slimeRequest = z.object({
  prompt: z.union(
    [z.string(), z.array(z.object({ role: z.string(), content: z.string() }))],
    'expected text or a list of messages {role, content}',
  ),
  response: z.string({ error: 'expected text' }),
  label,
});

const openRlhfReply = z.object({
  rewards: z.array(z.number()).describe('What advantages are made of.'),
  scores: z.array(z.number()).describe('1 for a right answer, else 0: what dynamic filtering looks at.'),
  extra_logs: z.record(z.string(), z.array(z.number())),
});

/** The remote reward models of OpenRLHF (`--reward.remote_url`) and slime (`--rm-type remote_rm --rm-url`). */
export function remoteRewardRoutes(strategies: CreditStrategies): Route[] {
  const score = async (
    samples: readonly (readonly [prompt: unknown, response: string, label: z.output<typeof label>])[],
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => {
    const { strategy, reward } = checkBody(parameters, query);
    const groups = samples.map((sample, index) => groupOf(...sample, index));
    const shaped = await shape(groups, await openStrategy(strategies, strategy), signal);
    return shaped.map((group, index) => ({ number: numberOf(group, reward, index), rewards: rewardsOf(group), group }));
  };
  return [
    {
      path: '/v1/openrlhf',
      summary: "OpenRLHF's remote reward model",
      description: 'The responses are read as transcripts with <search>, <information> and <answer>.',
      request: openRlhfRequest,
      reply: openRlhfReply,
      query,
      async handle({ body, query: parameters, signal }) {
        const { query: whole, prompts, labels } = checkBody(parseJsonBody(body), openRlhfRequest);
        const samples = whole.map((text, index) => [prompts[index], text, labels[index] ?? ''] as const);
        const scored = await score(samples, parameters, signal);
        return {
          rewards: scored.map(({ number }) => number),
          scores: scored.map(({ rewards }) => (rewards.correct ? 1 : 0)),
          extra_logs: {
            turns: scored.map(({ rewards }) => rewards.turns.length),
            answered: scored.map(({ group }) => (group.trajectories[0]?.answer == null ? 0 : 1)),
            // -1: no observation held a gold answer.
            first_occurrence: scored.map(({ rewards }) => rewards.firstOccurrence ?? -1),
          },
        };
      },
    },
    {
      path: '/v1/slime',
      summary: "slime's remote reward model",
      description: 'One sample a request; the reply is a bare number.',
      request: slimeRequest,
      reply: z.number(),
      query,
      async handle({ body, query: parameters, signal }) {
        const sample = checkBody(parseJsonBody(body), slimeRequest);
        const [scored] = await score([[sample.prompt, sample.response, sample.label]], parameters, signal);
        return scored?.number;
      },
    },
  ];
}

/** Throws a 400 for a transcript without question or gold answer. */
function groupOf(
  prompt: unknown,
  response: string,
  gold: z.output<typeof label>,
  index: number,
): Parameters<typeof shape>[0][number] {
  try {
    return transcriptGroup({ prompt, response, golden_answers: aliases(gold) }, 'sample', index + 1);
  } catch (error) {
    throw TurnwiseError.is(error) ? new HttpFailure(400, `${error.message}.`) : error;
  }
}

/** A label is often a column of text that holds JSON. */
function aliases(gold: z.output<typeof label>): unknown {
  if (typeof gold !== 'string' || !/^\s*[[{]/.test(gold)) return gold;
  try {
    const parsed = JSON.parse(gold) as unknown;
    return typeof parsed === 'object' && parsed !== null && 'target' in parsed ? parsed.target : parsed;
  } catch {
    return gold;
  }
}

/** Throws a 422 for a sample the reward abstains from: these protocols have no word for it. */
function numberOf(group: ShapedGroup, reward: 'outcome' | 'turn-mean', index: number): number {
  const { outcome, turns } = rewardsOf(group);
  if (outcome === null) {
    throw new HttpFailure(422, `The reward abstains from sample ${index + 1}, and this protocol needs a number.`);
  }
  if (reward === 'outcome' || turns.length === 0) return outcome;
  return turns.reduce((sum, turn) => sum + turn, 0) / turns.length;
}

function rewardsOf({ shaped }: ShapedGroup): TurnRewards {
  const [first] = shaped;
  if (first === undefined) throw new Error('a group of one has one entry');
  return first;
}
