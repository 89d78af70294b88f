import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { createSearchR1Protocol, defineProtocol, type Protocol } from '@turnwise/core';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { protocolConformance, type ProtocolFixture } from './protocol-conformance.js';

const good = createSearchR1Protocol({ instructions: '', passage: '{title}: {text}' });
const plugin = (changes: Partial<Protocol>) =>
  defineProtocol({
    id: 'tested',
    version: '1.0.0',
    options: z.strictObject({}),
    create: () => ({ ...good, ...changes }),
  });
const fixtures: readonly ProtocolFixture[] = [
  { output: '<search> Velkar </search>', action: { kind: 'search', query: 'Velkar' } },
  { output: '<answer> Tinvek </answer>', action: { kind: 'answer', text: 'Tinvek' } },
  { output: 'Well', action: { kind: 'invalid', reason: 'no-action' } },
];

const bad: readonly (readonly [string, Partial<Protocol>])[] = [
  ['protocol/stop', { stop: ['</search>', ''] }],
  ['protocol/prompt', { prompt: ({ text, answers }) => `${text} (${answers.join(', ')})` }],
  ['protocol/any-question', { prompt: (asked) => (asked.id === 'q1' ? good.prompt(asked) : (undefined as never)) }],
  [
    'protocol/fixtures',
    { parse: (output) => (output === 'Well' ? { kind: 'answer', text: 'Well' } : good.parse(output)) },
  ],
  [
    'protocol/parse-anything',
    {
      parse: (output) => {
        const query = /<search>([^]*?)<\/search>/.exec(output)?.[1];
        return query?.trim() === '' ? { kind: 'search', query: '' } : good.parse(output);
      },
    },
  ],
  ['protocol/observation', { observation: (outcome) => good.observation(outcome, (passage) => passage) }],
  [
    'protocol/failures',
    {
      observation: (outcome, truncate) => outcome.message ?? good.observation(outcome, truncate),
    },
  ],
  ['protocol/correction', { correction: (reason) => (reason === 'empty-answer' ? '' : good.correction(reason)) }],
];

it('passes a protocol that keeps every rule', async () => {
  expect(await failuresOf((runner) => protocolConformance(runner, plugin({}), { from: null, fixtures }))).toEqual(
    new Map(),
  );
});

it.each(bad)('%s is broken by a protocol that breaks it, and nothing else is', async (id, changes) => {
  const failures = await failuresOf((runner) => protocolConformance(runner, plugin(changes), { from: null, fixtures }));
  expect([...failures.keys()]).toEqual([id]);
});

it('has a broken protocol for every rule of its own', async () => {
  const { ran } = await outcomeOf((runner) => protocolConformance(runner, plugin({}), { from: null, fixtures }));
  const own = ran.filter((id) => id.startsWith('protocol/'));
  expect(own.filter((id) => !bad.some(([broken]) => broken === id))).toEqual([]);
});
