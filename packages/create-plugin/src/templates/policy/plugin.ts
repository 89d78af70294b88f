import { definePolicy, TurnwiseError, type SampleRequest } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  searches: z.int().min(0).max(10).default(1).describe('How often it searches before it answers.'),
});

/** A policy without a model: it searches for the question's own words, then answers with the first title it read. */
export default definePolicy({
  id: '__ID__',
  version: '0.1.0',
  options,
  create: (_context, { searches }) => ({
    capabilities: { trainable: false, objectives: [], logprobs: false, maxContext: null },
    tokenizer: null,
    sample(request, signal) {
      signal.throwIfAborted();
      const text = request.maySearch && request.turn < searches ? searchFor(request) : answer(request);
      return Promise.resolve({ text, tokenIds: [], logprobs: [], finish: 'stop' });
    },
    // Said by `capabilities` already: the core refuses to train this before it asks.
    forwardBackward: () => Promise.reject(untrainable()),
    optimStep: () => Promise.reject(untrainable()),
    save: () => Promise.resolve(),
    load: () => Promise.resolve(),
  }),
});

const said = (request: SampleRequest, role: 'prompt' | 'observation'): string =>
  request.messages.findLast((message) => message.role === role)?.text ?? '';
const searchFor = (request: SampleRequest): string => {
  const question = /Question: (.*)/.exec(said(request, 'prompt'))?.[1] ?? said(request, 'prompt');
  return `<search> ${question} </search>`;
};
const answer = (request: SampleRequest): string =>
  `<answer> ${/Title: ([^)]*)/.exec(said(request, 'observation'))?.[1] ?? 'unknown'} </answer>`;
const untrainable = (): TurnwiseError =>
  new TurnwiseError('RUN_NOT_TRAINABLE', 'the policy __ID__ has no weights to train.');
