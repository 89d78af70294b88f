import type { RecordedGroup } from '@turnwise/core';
import { advantagesReply, rewardsReply } from './credit-reply.js';
import { advantagesRequest, groupsRequest, rewardsRequest, rowsRequest, strategyQuery } from './credit-request.js';
import type { RewardRow } from './credit-request.js';
import { checkBody, isLines, parseJsonBody, parseJsonLines } from './read-body.js';
import { groupRows } from './reward-rows.js';
import { JsonLines, type Route, type RouteRequest } from './route.js';
import { estimate, openStrategy, shape } from './score.js';
import type { CreditStrategies } from './services.js';

/** Rewards and advantages of groups. */
export function creditRoutes(strategies: CreditStrategies): Route[] {
  return [
    {
      path: '/v1/rewards',
      summary: 'Score groups: one reward a turn',
      description: 'Rewards that groups bring along are made again.',
      request: rewardsRequest,
      reply: rewardsReply,
      query: strategyQuery,
      linesOf: 'groups',
      async handle(request) {
        const { groups, strategy } = groupsOf(request, rewardsRequest);
        const opened = await openStrategy(strategies, strategy, request.query['strategy']);
        const bare = groups.map(({ question, trajectories }) => ({ question, trajectories }));
        const shaped = await shape(bare, opened, request.signal);
        if (isLines(request.contentType)) return new JsonLines(shaped);
        return {
          strategy: opened.name,
          groups: shaped.map(({ question, shaped }) => ({ question: { id: question.id }, shaped })),
        };
      },
    },
    {
      path: '/v1/advantages',
      summary: 'Credit turns: one advantage a turn',
      description:
        'All groups of a request are one batch. Groups without `shaped` are scored first. `rows` are for a trainer that ' +
        'has the rewards of its trajectories and no texts at hand.',
      request: advantagesRequest,
      reply: advantagesReply,
      query: strategyQuery,
      linesOf: 'groups',
      async handle(request) {
        const body = isLines(request.contentType) ? null : parseJsonBody(request.body);
        if (typeof body === 'object' && body !== null && 'rows' in body) {
          const { rows, strategy } = checkBody(body, rowsRequest);
          return creditRows(rows, await openStrategy(strategies, strategy, request.query['strategy']));
        }
        const { groups, strategy } = groupsOf(request, groupsRequest);
        const opened = await openStrategy(strategies, strategy, request.query['strategy']);
        const shaped = await shape(groups, opened, request.signal);
        const advantages = await estimate(shaped, opened);
        const credited = shaped.map((group, index) => ({ ...group, advantages: advantages[index] }));
        if (isLines(request.contentType)) return new JsonLines(credited);
        return {
          strategy: opened.name,
          groups: credited.map(({ question, shaped, advantages }) => ({
            question: { id: question.id },
            shaped,
            advantages,
          })),
        };
      },
    },
  ];
}

type Opened = Awaited<ReturnType<typeof openStrategy>>;

async function creditRows(rows: readonly RewardRow[], strategy: Opened): Promise<unknown> {
  const { groups, places } = groupRows(rows);
  const advantages = await estimate(groups, strategy);
  return {
    strategy: strategy.name,
    rows: places.map(({ group, member }) => ({ turns: advantages[group]?.turns[member] })),
    groups: groups.map(({ question }, index) => ({
      group: question.id,
      composition: advantages[index]?.composition,
      level: advantages[index]?.level,
    })),
  };
}

/** The groups of a body, which is an object or lines. */
function groupsOf(
  { body, contentType }: RouteRequest,
  schema: typeof rewardsRequest | typeof groupsRequest,
): { readonly groups: readonly RecordedGroup[]; readonly strategy?: string | undefined } {
  if (!isLines(contentType)) return checkBody(parseJsonBody(body), schema);
  return checkBody({ groups: parseJsonLines(body) }, schema);
}
