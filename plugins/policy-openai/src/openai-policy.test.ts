import { afterEach, describe, expect, it } from '@jest/globals';
import type OpenAI from 'openai';
import { chat, endServers, policy, request, serve, signal, type Changes } from './stub-policy.fixture.js';
import type { StubReply } from './testing/stub-server.js';

afterEach(endServers);

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

it('cannot be trained, saved or loaded', async () => {
  const one = policy([await serve(() => chat('ok'))]);
  expect(one.capabilities).toMatchObject({ trainable: false, objectives: [] });
  for (const call of [one.forwardBackward(), one.optimStep(), one.save(), one.load()]) {
    await expect(call).rejects.toMatchObject({ code: 'RUN_NOT_TRAINABLE' });
  }
});
