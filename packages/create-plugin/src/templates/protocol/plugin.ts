import { defineProtocol, type Action } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  instructions: z
    .string()
    .default('Write [search: words] to search, and [answer: text] when you know the answer.')
    .describe('Text before the question.'),
});

/** Searches and answers in square brackets, observations as a list. */
export default defineProtocol({
  id: '__ID__',
  version: '0.1.0',
  options,
  create: (_context, { instructions }) => ({
    stop: [']'],
    prompt: ({ text }) => `${instructions}\nQuestion: ${text}\n`,
    parse,
    observation: ({ hits }, truncate) =>
      hits.length === 0
        ? '\nNothing was found.\n'
        : `\n${hits.map(({ title, text }) => `- ${harmless(title)}: ${harmless(truncate(text))}`).join('\n')}\n`,
    correction: () => '\nWrite [search: words] or [answer: text].\n',
  }),
});

function parse(output: string): Action {
  const [, kind, content = ''] = /\[(search|answer):([^\]]*)\]/.exec(output) ?? [];
  if (kind === undefined) {
    return { kind: 'invalid', reason: /\[(search|answer):/.test(output) ? 'unclosed-tag' : 'no-action' };
  }
  const text = content.trim();
  if (kind === 'search') return text === '' ? { kind: 'invalid', reason: 'empty-query' } : { kind, query: text };
  return text === '' ? { kind: 'invalid', reason: 'empty-answer' } : { kind: 'answer', text };
}

/** Passages are data: what they say must not read as an action. */
const harmless = (text: string): string => text.replaceAll('[', '(').replaceAll(']', ')');
