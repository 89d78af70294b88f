import { afterEach, describe, expect, it } from '@jest/globals';
import { randomStream } from '@turnwise/core';
import definition from './index.js';
import { openAiOptions } from './options.js';
import { chat, endServers, logged, policy, request, serve, signal, type Changes } from './stub-policy.fixture.js';

afterEach(endServers);

describe('the budget', () => {
  it.each<[string, Changes, number]>([
    ['requests', { budget: { requests: 3 } }, 3],
    ['tokens', { budget: { tokens: 31 } }, 3],
    ['money', { budget: { money: 0.00004 }, pricePerMillion: { input: 1, output: 2 } }, 2],
  ])('of %s is kept to, and what was answered is kept', async (_, changes, answered) => {
    const server = await serve(() => chat('ok'));
    const one = policy([server], changes);
    const results = [];
    for (let index = 0; index < 6; index++)
      results.push(await one.sample(request(), signal).catch((error: unknown) => error));
    expect(results.slice(0, answered)).toEqual(Array(answered).fill(expect.objectContaining({ text: 'ok' })));
    expect(results.slice(answered)).toEqual(
      Array(6 - answered).fill(expect.objectContaining({ code: 'ROLLOUT_BUDGET' })),
    );
    expect(server.requests).toHaveLength(answered);
    expect(logged).toHaveLength(1);
  });
});

it('refuses a budget that could never be spent', async () => {
  const create = (changes: Changes): unknown =>
    definition.create(
      { random: randomStream(1, 'x'), clock: { now: () => 0 } } as never,
      openAiOptions.parse({ endpoints: ['http://h/v1'], model: 'm', ...changes }),
    );
  expect(() => create({ budget: { money: 1 } })).toThrow('`budget.money` needs `pricePerMillion`');
  expect(() => create({ budget: { money: 1 }, pricePerMillion: { input: 0, output: 1 } })).not.toThrow();
  const uncounted = await serve(() => ({ json: { choices: [{ message: { content: 'ok' } }] } }));
  await expect(policy([uncounted], { budget: { tokens: 9 } }).sample(request(), signal)).rejects.toThrow(
    '`usage` is missing',
  );
  expect((await policy([uncounted], { budget: { requests: 9 } }).sample(request(), signal)).text).toBe('ok');
});
