import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type OpenAI from 'openai';
import { randomStream, type ConversationMessage, type SampleRequest } from '@turnwise/core';
import { chatMessages } from './chat-messages.js';
import { EndpointPool } from './endpoint-pool.js';
import definition from './index.js';
import { OpenAiPolicy } from './openai-policy.js';
import { openAiOptions, type OpenAiOptions } from './options.js';
import { requestBody, type ChatBody, type CompletionBody } from './request-body.js';
import { stubServer, type StubReply, type StubRequest, type StubServer } from './testing/stub-server.js';

const logged: string[] = [];
const note = (message: string): void => void logged.push(message);
let servers: StubServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  servers = [];
  logged.length = 0;
});

async function serve(reply: (request: StubRequest) => StubReply | Promise<StubReply>): Promise<StubServer> {
  const server = await stubServer(reply);
  servers.push(server);
  return server;
}

type Changes = Partial<Omit<OpenAiOptions, 'endpoints'>>;

function policy(on: readonly StubServer[], changes: Changes = {}, key?: string): OpenAiPolicy {
  const options = openAiOptions.parse({ endpoints: on.map(({ url }) => url), model: 'm', ...changes });
  const logger = { debug: note, info: note, warn: note, error: note };
  const context = {
    logger,
    random: randomStream(1, 'x'),
    clock: { now: () => Date.now() },
    metrics: { record: () => undefined },
  };
  return new OpenAiPolicy(options, key, context);
}

const request = (changes: Partial<SampleRequest> = {}): SampleRequest => ({
  trajectoryId: 't',
  messages: [{ role: 'prompt', text: 'Who?' }],
  tokenIds: [],
  seed: 2 ** 32 - 1,
  temperature: 0.7,
  topP: 0.9,
  maxTokens: 32,
  stop: ['</search>', '</answer>'],
  turn: 0,
  maySearch: true,
  ...changes,
});
const signal = new AbortController().signal;

/** As the client's own types say a reply looks. */
function chat(content: string | null, changes: Partial<OpenAI.ChatCompletion.Choice> = {}, usage = [10, 5]): StubReply {
  const [prompt_tokens = 0, completion_tokens = 0] = usage;
  const json: OpenAI.ChatCompletion = {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        logprobs: null,
        message: { role: 'assistant', content, refusal: null },
        ...changes,
      },
    ],
    usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
  };
  return { json };
}

const conversation: ConversationMessage[] = [
  { role: 'prompt', text: 'Who?' },
  { role: 'policy', text: 'Hm. <search> ann </search>' },
  { role: 'observation', text: '<information> Ann </information>' },
  { role: 'policy', text: 'nothing to do' },
  { role: 'observation', text: 'Try again.' },
];

describe('requests', () => {
  it('are what the openai client would send', () => {
    const chatBody = (changes: object): OpenAI.ChatCompletionCreateParamsNonStreaming => {
      const { body } = requestBody(
        request({ messages: conversation }),
        openAiOptions.parse({ endpoints: ['http://h/v1'], model: 'm', ...changes }),
      );
      // Compiles only while our body is one of the client's.
      return body as ChatBody satisfies OpenAI.ChatCompletionCreateParamsNonStreaming;
    };
    const completion = requestBody(
      request({ messages: conversation }),
      openAiOptions.parse({ endpoints: ['http://h/v1'], model: 'm', api: 'completions' }),
    );
    const completionBody: OpenAI.CompletionCreateParamsNonStreaming =
      completion.body as CompletionBody satisfies OpenAI.CompletionCreateParamsNonStreaming;
    expect(chatBody({ system: 'Be brief.' })).toEqual({
      model: 'm',
      temperature: 0.7,
      top_p: 0.9,
      max_tokens: 32,
      seed: 2 ** 31 - 1,
      stop: ['</search>', '</answer>'],
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Who?' },
        { role: 'assistant', content: 'Hm. <search> ann </search>' },
        { role: 'user', content: '<information> Ann </information>' },
        { role: 'assistant', content: 'nothing to do' },
        { role: 'user', content: 'Try again.' },
      ],
    });
    expect(completionBody.prompt).toBe(conversation.map(({ text }) => text).join(''));
    expect(chatBody({ maxTokensField: 'max_completion_tokens', extra: { top_k: 5 } })).toMatchObject({
      max_completion_tokens: 32,
      top_k: 5,
    });
    expect(chatBody({ tokens: 'vllm', includeStop: true })).toMatchObject({
      logprobs: true,
      return_tokens_as_token_ids: true,
      include_stop_str_in_output: true,
    });
  });

  it('tell searches as tool calls, and offer the tool only where a search is still permitted', () => {
    const options = openAiOptions.parse({ endpoints: ['http://h/v1'], model: 'm', protocol: 'tools' });
    const { body } = requestBody(request({ messages: conversation }), options);
    expect(body).not.toHaveProperty('stop');
    expect(body).toMatchObject({ tools: [{ function: { name: 'search' } }] });
    expect((body as ChatBody).messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'Hm. ',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"query":"ann"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '<information> Ann </information>' },
      { role: 'assistant', content: 'nothing to do' },
      { role: 'user', content: 'Try again.' },
    ]);
    expect(requestBody(request({ maySearch: false }), options).body).not.toHaveProperty('tools');
  });

  it('begin with exactly the messages of the request before, whatever was said', () => {
    const message = fc.record({
      role: fc.constantFrom('prompt', 'policy', 'observation'),
      text: fc.oneof(fc.string(), fc.constant('a <search> b </search>')),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), fc.constantFrom('tags', 'tools'), (messages, protocol) => {
        const all = chatMessages(messages, protocol);
        for (let count = 0; count < messages.length; count++) {
          expect(all.slice(0, count)).toEqual(chatMessages(messages.slice(0, count), protocol));
        }
      }),
      { seed: 5 },
    );
  });
});

describe('replies', () => {
  it.each([
    ['<search> a', '<search> a</search>'],
    ['so <answer> b', 'so <answer> b</answer>'],
    ['<search> a </search>', '<search> a </search>'],
    ['no tag', 'no tag'],
  ])('%j is read as %j: a closing tag the server cut off is put back', async (content, text) => {
    const server = await serve(() => chat(content));
    expect(await policy([server]).sample(request(), signal)).toEqual({
      text,
      tokenIds: [],
      logprobs: [],
      finish: 'stop',
    });
    expect(server.requests[0]).toMatchObject({ path: '/v1/chat/completions' });
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each<[Changes, string]>([
    [{}, 'so <answer> the capital of'],
    [{}, '<search> who wro'],
    [{ protocol: 'tools' }, 'It is the capital of'],
  ])('that were cut off at the limit are not completed: %j %j', async (changes, content) => {
    const server = await serve(() => chat(content, { finish_reason: 'length' }));
    const sample = await policy([server], changes).sample(request(), signal);
    expect(sample).toMatchObject({ text: content, finish: 'length' });
  });

  it('bring a tool call as the tag it stands for, and plain text as the answer', async () => {
    const call = (text: string): StubReply =>
      chat('Hm. ', {
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'Hm. ',
          refusal: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'search', arguments: text } }],
        },
      });
    const replies = [call('{"query": "ann"}'), call('{"quer'), chat('It is Ann.'), chat('')];
    const server = await serve(({ index }) => replies[index] ?? 'cut');
    const one = policy([server], { protocol: 'tools' });
    const texts: string[] = [];
    for (const _ of replies) texts.push((await one.sample(request(), signal)).text);
    expect(texts).toEqual([
      'Hm. <search> ann </search>',
      'Hm. <search>  </search>',
      '<answer> It is Ann. </answer>',
      '',
    ]);
  });

  it('bring token ids and log-probabilities as vLLM offers them, and say so when they do not', async () => {
    const logprobs = (tokens: string[]): OpenAI.ChatCompletion.Choice.Logprobs => ({
      content: tokens.map((token, index) => ({
        token,
        logprob: index === 0 ? 0 : -index,
        bytes: null,
        top_logprobs: [],
      })),
      refusal: null,
    });
    const replies = [
      chat('ab', { finish_reason: 'length', logprobs: logprobs(['token_id:7', 'token_id:9']) }),
      chat('ab', { logprobs: logprobs(['a']) }),
      chat('ab'),
    ];
    const server = await serve(({ index }) => replies[index] ?? 'cut');
    const one = policy([server], { tokens: 'vllm' });
    expect(one.capabilities.logprobs).toBe(true);
    expect(await one.sample(request(), signal)).toEqual({
      text: 'ab',
      tokenIds: [7, 9],
      logprobs: [0, -1],
      finish: 'length',
    });
    await expect(one.sample(request(), signal)).rejects.toMatchObject({ code: 'CONTRACT_SAMPLE_INVALID' });
    await expect(one.sample(request(), signal)).rejects.toThrow('no token was returned');
  });

  it('of the completions address are read too', async () => {
    const json: OpenAI.Completion = {
      id: 'x',
      object: 'text_completion',
      created: 1,
      model: 'm',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          text: ' <answer> x',
          logprobs: { tokens: ['token_id:1'], token_logprobs: [-0.5] },
        },
      ],
    };
    const server = await serve(() => ({ json }));
    const sample = await policy([server], { api: 'completions', tokens: 'vllm' }, 'secret').sample(request(), signal);
    expect(sample).toEqual({ text: ' <answer> x</answer>', tokenIds: [1], logprobs: [-0.5], finish: 'stop' });
    expect(server.requests[0]).toMatchObject({ path: '/v1/completions', headers: { authorization: 'Bearer secret' } });
  });

  it('that no server should send are named', async () => {
    const server = await serve(() => ({ json: { choices: [{ message: { content: 3 } }] } }));
    await expect(policy([server]).sample(request(), signal)).rejects.toThrow('choices.0.message.content');
  });
});

describe('failures', () => {
  it('that may pass are tried again, after as long as the server says; nothing is sent twice that was answered', async () => {
    const replies: StubReply[] = [
      { status: 429, headers: { 'retry-after': '0' } },
      'cut',
      { status: 503, json: { error: { message: 'busy' } }, headers: { 'retry-after': '0' } },
      { text: 'not json' },
      chat('done'),
    ];
    const server = await serve(({ index }) => replies[index] ?? 'cut');
    expect((await policy([server]).sample(request(), signal)).text).toBe('done');
    expect(server.requests).toHaveLength(5);
    expect(new Set(server.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('that stay end the trajectory in the words of the server, without the key', async () => {
    const server = await serve(() => ({ status: 400, json: { error: { message: 'max_tokens is too large' } } }));
    const error: unknown = await policy([server], {}, 'the-key')
      .sample(request(), signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ROLLOUT_POLICY' });
    expect(String(error)).toContain('answered 400: max_tokens is too large');
    expect(server.requests).toHaveLength(1);
    expect(JSON.stringify([logged, String(error)])).not.toContain('the-key');
  });

  it('are not read without end, nor asked for again', async () => {
    const server = await serve(() => ({ text: ' '.repeat(68_000_000) }));
    await expect(policy([server]).sample(request(), signal)).rejects.toThrow('sent more than 67108864 bytes');
    expect(server.requests).toHaveLength(1);
  });

  it('give up after the tries that are permitted', async () => {
    const server = await serve(() => ({ status: 500, headers: { 'retry-after': '0' } }));
    await expect(policy([server], { retries: 2 }).sample(request(), signal)).rejects.toThrow('(3 tries)');
    expect(server.requests).toHaveLength(3);
  });

  it('of time: a request that hangs is ended, and an abort ends waiting too', async () => {
    const server = await serve(() => new Promise<StubReply>(() => undefined));
    await expect(policy([server], { timeoutSeconds: 0.05, retries: 0 }).sample(request(), signal)).rejects.toThrow(
      'took longer than 0.05 s',
    );
    const stop = new AbortController();
    const one = policy([server], { concurrency: 1 });
    const [first, second] = [
      one.sample(request(), stop.signal),
      one.sample(request({ trajectoryId: 'u' }), stop.signal),
    ];
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await expect(second).rejects.toThrow('enough');
  });

  it('of one server send its trajectories to another, and spare it for a while', async () => {
    const down = await serve(() => 'cut');
    const up = await serve(() => chat('ok'));
    const one = policy([down, up]);
    for (let index = 0; index < 20; index++) await one.sample(request({ trajectoryId: `t${index}` }), signal);
    expect(up.requests).toHaveLength(20);
    expect(down.requests.length).toBeLessThanOrEqual(3);
  });

  it('of one server leave no trajectory without an answer when the other has its hands full', async () => {
    const down = await serve(() => 'cut');
    const up = await serve(() => new Promise((resolve) => setTimeout(() => resolve(chat('ok')), 80)));
    const one = policy([down, up], { concurrency: 1, retries: 2 });
    const asked = Array.from({ length: 20 }, (_, index) => one.sample(request({ trajectoryId: `t${index}` }), signal));
    const ends = await Promise.allSettled(asked);
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(up.requests).toHaveLength(20);
  });

  it('wait for the next try without a listener each on the signal', async () => {
    const server = await serve(() => ({ status: 503, headers: { 'retry-after': '60' } }));
    const stop = new AbortController();
    const one = policy([server]);
    const asked = Array.from({ length: 30 }, (_, index) =>
      one.sample(request({ trajectoryId: `t${index}` }), stop.signal),
    );
    while (server.requests.length < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Node warns of more than ten.
    expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(10);
    stop.abort(new Error('enough'));
    for (const each of asked) await expect(each).rejects.toThrow('enough');
  });
});

describe('the pool', () => {
  it('shares the load, keeps to the limit of each server, and a trajectory to its server', async () => {
    const slow = (): Promise<StubReply> => new Promise((resolve) => setTimeout(() => resolve(chat('ok')), 5));
    const all = [await serve(slow), await serve(slow), await serve(slow)];
    const one = policy(all, { concurrency: 4 });
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => one.sample(request({ trajectoryId: `t${index % 30}` }), signal)),
    );
    expect(all.reduce((sum, { requests }) => sum + requests.length, 0)).toBe(60);
    for (const server of all) {
      expect(server.busiest()).toBeLessThanOrEqual(4);
      expect(server.requests.length).toBeGreaterThan(10);
    }
    const alone = policy(all);
    for (let turn = 0; turn < 4; turn++) await alone.sample(request({ trajectoryId: 'same', seed: 77, turn }), signal);
    const homes = all.map(({ requests }) => requests.filter(({ body }) => body['seed'] === 77).length);
    expect(homes.sort()).toEqual([0, 0, 4]);
  });

  it('rests a server once for requests that fail together, and who came first goes first when it wakes', async () => {
    let now = 0;
    const pool = new EndpointPool(['http://a', 'http://b'], 4, { now: () => now });
    const ask = (key: string, work: (url: string) => Promise<string>): Promise<string> =>
      pool.run(key, signal, work, () => true);
    // Four at a and four at b, as they are equally loaded; those at a fail together.
    const [failing, lasting]: [((error: Error) => void)[], ((url: string) => void)[]] = [[], []];
    const first = Array.from({ length: 8 }, (_, index) =>
      ask(`t${index}`, (url) =>
        url === 'http://a'
          ? new Promise<string>((_resolve, reject) => failing.push(reject))
          : new Promise<string>((resolve) => lasting.push(resolve)),
      ),
    );
    const ends = Promise.allSettled(first);
    await new Promise(setImmediate);
    expect([failing.length, lasting.length]).toEqual([4, 4]);
    for (const fail of failing) fail(new Error('down'));
    await new Promise(setImmediate);
    const order: string[] = [];
    const come = (key: string): Promise<string> =>
      ask(key, (url) => {
        order.push(`${key} ${url}`);
        return Promise.resolve(url);
      });
    const waiting = [come('early'), come('second')];
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    // One failure rests a server for half a second, four for four seconds.
    now = 501;
    waiting.push(come('late'));
    await Promise.all(waiting);
    expect(order).toEqual(['early http://a', 'second http://a', 'late http://a']);
    for (const done of lasting) done('b');
    await ends;
  });
});

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

it('cannot be trained, saved or loaded', async () => {
  const one = policy([await serve(() => chat('ok'))]);
  expect(one.capabilities).toMatchObject({ trainable: false, objectives: [] });
  for (const call of [one.forwardBackward(), one.optimStep(), one.save(), one.load()]) {
    await expect(call).rejects.toMatchObject({ code: 'RUN_NOT_TRAINABLE' });
  }
});
