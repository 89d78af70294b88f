import { afterEach, describe, expect, it } from '@jest/globals';
import type { Logger } from '@turnwise/core';
import type { ServerOptions } from './server-options.js';
import { startServer, type RunningServer } from './start-server.js';
import { strategies, group } from './credit-strategies.fixture.js';

const logged: unknown[] = [];
const note = (message: string, fields?: unknown): void => void logged.push([message, fields]);
const logger: Logger = { debug: note, info: note, warn: note, error: note };

let running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
  logged.length = 0;
});

async function start(options: Partial<ServerOptions> = {}): Promise<string> {
  const server = await startServer({ credit: strategies }, { port: 0, drainSeconds: 0.3, ...options }, logger);
  running.push(server);
  return server.url;
}

async function post(
  url: string,
  body: unknown,
  type = 'application/json',
): Promise<{ status: number; text: string; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, body: type === 'application/json' ? (JSON.parse(text) as unknown) : null };
}

describe('POST /v1/rewards', () => {
  it('scores groups in their order, by the strategy asked for', async () => {
    const url = `${await start()}/v1/rewards`;
    const { status, body } = await post(url, { groups: [group('q1', 'Ann', 'Bob'), group('q2', 'abstain')] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      strategy: 'plain',
      groups: [
        {
          question: { id: 'q1' },
          shaped: [
            { outcome: 1, correct: true, turns: [1] },
            { outcome: 0, turns: [0] },
          ],
        },
        { question: { id: 'q2' }, shaped: [{ outcome: null }] },
      ],
    });
    expect(body).toHaveProperty('groups.0.shaped.0.components.bonus', 0.5);
  });

  it('takes group lines and gives group lines', async () => {
    const url = await start();
    const lines = `${JSON.stringify({ ...group('q1', 'Ann', 'Bob'), step: 3 })}\n\n${JSON.stringify(group('q2', 'Bob'))}\n`;
    const scored = await post(`${url}/v1/rewards`, lines, 'application/x-ndjson');
    const rows = scored.text.trim().split('\n');
    expect(rows).toHaveLength(2);
    expect(JSON.parse(rows[0] ?? '')).toMatchObject({
      trajectories: [{ id: 'q1/0' }, { id: 'q1/1' }],
      shaped: [{}, {}],
    });
    // What came out can be sent on.
    const credited = await post(`${url}/v1/advantages?strategy=textual`, scored.text, 'application/jsonl');
    expect(JSON.parse(credited.text.split('\n')[0] ?? '')).toMatchObject({ advantages: { turns: [[0.5], [-0.5]] } });
  });

  it('fails whole when a reward breaks its contract, with the code and without a number', async () => {
    const url = `${await start()}/v1/rewards`;
    const { status, body } = await post(url, { groups: [group('q1', 'Ann')], strategy: 'broken' });
    expect(status).toBe(500);
    expect(body).toHaveProperty('error.message', expect.stringMatching(/CONTRACT_REWARD_NOT_FINITE.*reward nan/));
    expect(logged).toHaveLength(1);
  });

  it.each([
    [{ groups: [] }, 'at least one group'],
    [{ groups: [{ question: { id: 'q', text: 'x', answers: [] }, trajectories: [] }] }, 'groups[0].question.answers'],
    [
      { groups: [group('q', 'Ann'), { ...group('r', 'Ann'), trajectories: [{ turns: [], stopReason: 'tired' }] }] },
      'groups[1].trajectories[0].stopReason',
    ],
    [{ groups: [group('q', 'Ann')], strategy: 'plian' }, 'There is no strategy "plian". Did you mean'],
    [{ groups: [group('q', 'Ann')], stratgy: 'plain' }, 'stratgy'],
    ['{"groups": [', 'not valid JSON'],
    [{ rows: [] }, 'groups'],
  ])('refuses %j naming the field', async (body, message) => {
    const reply = await post(`${await start()}/v1/rewards`, body);
    expect(reply.status).toBe(400);
    expect(reply.body).toHaveProperty('error.message', expect.stringContaining(message));
  });

  it('names the line that is not JSON', async () => {
    const url = `${await start()}/v1/rewards`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: '\n{"a":1\n',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty('error.message', 'Line 2 is not valid JSON.');
  });
});

describe('POST /v1/advantages', () => {
  it('keeps the rewards a group brings and makes those it lacks', async () => {
    const url = `${await start()}/v1/advantages`;
    const brought = {
      ...group('q1', 'Ann', 'Bob'),
      shaped: [
        { outcome: 3, correct: false, turns: [0] },
        { outcome: 1, correct: false, turns: [0] },
      ],
    };
    const { status, body } = await post(url, { groups: [brought, group('q2', 'Ann', 'Bob')] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      groups: [
        { advantages: { composition: 'all-wrong', turns: [[1], [-1]] } },
        { advantages: { composition: 'mixed', turns: [[0.5], [-0.5]] } },
      ],
    });
  });

  it('credits rows of numbers: groups by name, in the order of the rows', async () => {
    const url = `${await start()}/v1/advantages`;
    const rows = [
      { group: 'a', turns: [0, 1] },
      { group: 7, turns: [0.5] },
      { group: 'a', turns: [0] },
      { group: 7, turns: [0, 0, 0], outcome: 0.9, correct: true },
      { group: 'a', turns: [] },
      { group: 'a', turns: [1], outcome: null, correct: false },
    ];
    const { status, body } = await post(url, { rows });
    expect(status).toBe(200);
    const third = 0.25;
    expect(body).toEqual({
      strategy: 'plain',
      rows: [
        { turns: [1 - third, 1 - third] },
        { turns: [expect.closeTo(-0.2, 10)] },
        { turns: [-third] },
        { turns: [expect.closeTo(0.2, 10), expect.closeTo(0.2, 10), expect.closeTo(0.2, 10)] },
        { turns: [] },
        { turns: [0] },
      ],
      groups: [
        { group: 'a', composition: 'mixed', level: 'trajectory' },
        { group: '7', composition: 'mixed', level: 'trajectory' },
      ],
    });
  });

  it('refuses rows for an estimator that reads texts, instead of calling all texts alike', async () => {
    const url = `${await start()}/v1/advantages`;
    const { status, body } = await post(url, { rows: [{ group: 'a', turns: [1] }], strategy: 'textual' });
    expect(status).toBe(422);
    expect(body).toHaveProperty('error.message', expect.stringContaining('reads the observation of a turn'));
  });

  it.each([
    [{ rows: [{ group: 'a', turns: [null] }] }, 'rows[0].turns[0]'],
    [{ rows: [{ group: 'a', turns: [1], reward: 2 }] }, 'reward'],
    [{}, 'groups: expected a list, got nothing'],
    [{ groups: [{ ...group('q', 'Ann'), shaped: [] }] }, 'groups[0].shaped'],
    [
      { groups: [{ ...group('q', 'Ann'), shaped: [{ outcome: 1, correct: true, turns: [1, 2] }] }] },
      'groups[0].shaped[0].turns',
    ],
  ])('refuses %j naming the field', async (body, message) => {
    const reply = await post(`${await start()}/v1/advantages`, body);
    expect(reply.status).toBe(400);
    expect(reply.body).toHaveProperty('error.message', expect.stringContaining(message));
  });
});

const transcript = '<search> x </search>\n<information>Doc 1(Title: T) y</information>\n<answer> Ann </answer>';

describe('POST /v1/openrlhf', () => {
  it('gives one number a sample, right answers told apart, aliases in a JSON label', async () => {
    const url = await start();
    const body = {
      query: [`Question: Who?\n${transcript}`, 'Question: Who?\nI give up.'],
      prompts: ['Question: Who?\n', 'Question: Who?\n'],
      labels: ['["Ann", "Anna"]', 'Bob'],
    };
    expect((await post(`${url}/v1/openrlhf`, body)).body).toEqual({
      rewards: [1, 0],
      scores: [1, 0],
      extra_logs: { turns: [2, 1], answered: [1, 0], first_occurrence: [0, 0] },
    });
    expect((await post(`${url}/v1/openrlhf?reward=turn-mean`, body)).body).toMatchObject({ rewards: [1.05, 0] });
  });

  it.each([
    [{ query: ['a'], prompts: [], labels: ['x'] }, '', 400, 'prompts'],
    [{ query: ['Question: q\nb'], prompts: ['Question: q\n'], labels: [' '] }, '', 400, 'sample:1: golden_answers'],
    [{ query: ['Question: q\nb'], prompts: ['Question: q\n'], labels: ['x'] }, '?reward=all', 400, 'reward'],
    [
      { query: ['Question: q\n<answer>abstain</answer>'], prompts: ['Question: q\n'], labels: ['x'] },
      '',
      422,
      'abstains from sample 1',
    ],
  ])('refuses %j%s', async (body, parameters, status, message) => {
    const reply = await post(`${await start()}/v1/openrlhf${parameters}`, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toHaveProperty('error.message', expect.stringContaining(message));
  });
});

describe('POST /v1/slime', () => {
  it('replies with a bare number, to a prompt of text or messages', async () => {
    const url = `${await start()}/v1/slime`;
    expect((await post(url, { prompt: 'Question: Who?', response: transcript, label: 'Ann' })).body).toBe(1);
    const messages = [{ role: 'user', content: 'Who?' }];
    expect((await post(url, { prompt: messages, response: transcript, label: ['Bob'] })).body).toBe(0);
    expect((await post(url, { prompt: 'Who?', response: transcript })).status).toBe(400);
  });
});

describe('the service', () => {
  it('has no retrieval without a search tool, and the same checks on every route', async () => {
    const url = await start({ token: 'a-token-of-some-length', maxBodyBytes: 2048 });
    expect((await post(`${url}/v1/rewards`, {})).status).toBe(401);
    const headers = { authorization: 'Bearer a-token-of-some-length' };
    const send = (path: string, body?: string): Promise<Response> =>
      fetch(url + path, { headers, ...(body === undefined ? {} : { method: 'POST', body }) });
    expect((await send('/retrieve', '{}')).status).toBe(404);
    expect((await send('/v1/rewards', 'x'.repeat(3000))).status).toBe(413);
    expect((await send('/v1/rewards')).status).toBe(405);
    expect(await (await send('/metrics')).text()).toContain(
      'turnwise_requests_total{route="/v1/rewards",status="413"} 1',
    );
  });

  it('describes itself: every route with the schemas that check it', async () => {
    const url = await start();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<
        string,
        { post: { requestBody: { content: Record<string, { schema: object }> }; parameters: object[] } }
      >;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(['/v1/rewards', '/v1/advantages', '/v1/openrlhf', '/v1/slime']);
    const { requestBody, parameters } = document.paths['/v1/rewards']?.post ?? {};
    expect(Object.keys(requestBody?.content ?? {})).toEqual(['application/json', 'application/x-ndjson']);
    expect(requestBody?.content['application/json']?.schema).toMatchObject({
      properties: {
        groups: { type: 'array', items: { required: expect.arrayContaining(['question', 'trajectories']) } },
      },
      required: ['groups'],
    });
    expect(parameters).toMatchObject([{ name: 'strategy', in: 'query' }]);
  });
});
