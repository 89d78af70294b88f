import type OpenAI from 'openai';
import { randomStream, type SampleRequest } from '@turnwise/core';
import { OpenAiPolicy } from './openai-policy.js';
import { openAiOptions, type OpenAiOptions } from './options.js';
import { stubServer, type StubReply, type StubRequest, type StubServer } from './testing/stub-server.js';

/** What policies logged since the test began. */
export const logged: string[] = [];
const note = (message: string): void => void logged.push(message);
let servers: StubServer[] = [];

/** Ends the servers of a test and forgets what was logged; a test file hands it to `afterEach`. */
export async function endServers(): Promise<void> {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  servers = [];
  logged.length = 0;
}

/** A server that the end of the test ends too. */
export async function serve(reply: (request: StubRequest) => StubReply | Promise<StubReply>): Promise<StubServer> {
  const server = await stubServer(reply);
  servers.push(server);
  return server;
}

export type Changes = Partial<Omit<OpenAiOptions, 'endpoints'>>;

/** A policy on these servers. */
export function policy(on: readonly StubServer[], changes: Changes = {}, key?: string): OpenAiPolicy {
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

export const request = (changes: Partial<SampleRequest> = {}): SampleRequest => ({
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
export const signal: AbortSignal = new AbortController().signal;

/** As the client's own types say a reply looks. */
export function chat(
  content: string | null,
  changes: Partial<OpenAI.ChatCompletion.Choice> = {},
  usage = [10, 5],
): StubReply {
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
