import { expect, it } from '@jest/globals';
import type { Turn } from '@turnwise/core';
import { writtenBy } from './written.js';

const turn = (text: string, action: Turn['action']): Turn => ({
  output: { text, tokenIds: [], logprobs: [] },
  action,
  observation: null,
});

it('tells thought from action, with marks and without', () => {
  const search = { kind: 'search', query: 'Mardun twin' } as const;
  expect(writtenBy(turn('<think> a </think> <search> Mardun twin </search>', search))).toEqual({
    thought: 'a',
    act: 'Mardun twin',
  });
  expect(writtenBy(turn('I look. <tool_call>{"query":"Mardun twin"}</tool_call>', search))).toEqual({
    thought: 'I look.',
    act: 'Mardun twin',
  });
  expect(writtenBy(turn('Paris', { kind: 'answer', text: 'Paris' }))).toEqual({ thought: '', act: 'Paris' });
  expect(writtenBy(turn('It must be Paris', { kind: 'answer', text: 'Paris' }))).toEqual({
    thought: 'It must be',
    act: 'Paris',
  });
  expect(writtenBy(turn('<think>so on and', { kind: 'invalid', reason: 'no-action' }))).toEqual({
    thought: 'so on and',
    act: '',
  });
});
