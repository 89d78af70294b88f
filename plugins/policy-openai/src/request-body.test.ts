import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type OpenAI from 'openai';
import type { ConversationMessage } from '@turnwise/core';
import { chatMessages } from './chat-messages.js';
import { openAiOptions } from './options.js';
import { requestBody, type ChatBody, type CompletionBody } from './request-body.js';
import { request } from './stub-policy.fixture.js';

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
