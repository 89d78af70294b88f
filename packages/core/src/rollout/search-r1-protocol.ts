import { z } from 'zod';
import type { Action, InvalidReason, Protocol, SearchOutcome } from '../contract/index.js';
import { defineProtocol } from '../plugin/define.js';

const defaultInstructions = [
  'Answer the question below.',
  'Whenever you learn something new, reason about it between <think> and </think>.',
  'If you lack knowledge, ask the search engine with <search> query </search>;',
  'what it finds comes back between <information> and </information>. Search as often as you need.',
  'When you know the answer, give it without explanation between <answer> and </answer>, for example',
  '<answer> Beijing </answer>.',
].join(' ');

const optionsSchema = z.strictObject({
  instructions: z
    .string()
    .default(defaultInstructions)
    .describe('Text before the question; empty for models that were trained on the bare question.'),
  passage: z
    .string()
    .default('Doc {rank}(Title: {title}) {text}')
    .describe('How one passage is written; {rank} counts from 1, {title} and {text} are the passage.'),
});

export type SearchR1ProtocolOptions = z.infer<typeof optionsSchema>;

const corrections: Record<InvalidReason, string> = {
  'no-action': 'The last step held neither a search nor an answer.',
  'empty-query': 'The search was empty.',
  'empty-answer': 'The answer was empty.',
  'unclosed-tag': 'A tag was not closed.',
};

/** Fixed texts for searches that brought nothing: no trace, address or id that a model could learn. */
const nothingFound = 'No passages found.';
const searchFailed = 'The search engine is not available.';

const action = /<(search|answer)>([\s\S]*?)<\/\1>/;
const opened = /<(search|answer)>/;

/**
 * Reads the first complete search or answer pair; what stands around it is ignored, as Search-R1 does
 * (arXiv 2503.09516, `search_r1/llm_agent/generation.py`).
 */
export function parseAction(output: string): Action {
  const match = action.exec(output);
  if (match === null) return { kind: 'invalid', reason: opened.test(output) ? 'unclosed-tag' : 'no-action' };
  const content = (match[2] ?? '').trim();
  if (match[1] === 'search') {
    return content === '' ? { kind: 'invalid', reason: 'empty-query' } : { kind: 'search', query: content };
  }
  return content === '' ? { kind: 'invalid', reason: 'empty-answer' } : { kind: 'answer', text: content };
}

/** The tags of Search-R1: think, search, information, answer. */
export function createSearchR1Protocol(options: SearchR1ProtocolOptions): Protocol {
  const information = (text: string): string => `\n<information> ${text} </information>\n`;
  return {
    stop: ['</search>', '</answer>'],
    prompt(question) {
      const text = question.text.trim();
      const asked = /[?？]$/.test(text) ? text : `${text}?`;
      return `${options.instructions === '' ? '' : `${options.instructions} `}Question: ${asked}\n`;
    },
    parse: parseAction,
    observation(outcome: SearchOutcome, truncate) {
      if (outcome.status === 'timeout' || outcome.status === 'error') return information(searchFailed);
      if (outcome.hits.length === 0) return information(nothingFound);
      const passages = outcome.hits.map((hit, index) => {
        const values: Record<string, string> = { rank: String(index + 1), title: hit.title, text: truncate(hit.text) };
        return options.passage.replace(/\{(rank|title|text)\}/g, (_, name: string) => values[name] ?? '');
      });
      return information(defuse(passages.join('\n')));
    },
    correction: (reason) =>
      `\n${corrections[reason]} Write <search> query </search> to search or <answer> text </answer> to answer.\n`,
  };
}

/** Passages are data: tags inside them must not read as tags of the conversation. */
function defuse(text: string): string {
  return text.replace(/<(\/?)(think|search|information|answer)>/gi, '($1$2)');
}

/** The default protocol, id `search-r1`. */
export const searchR1Protocol = defineProtocol<SearchR1ProtocolOptions>({
  id: 'search-r1',
  version: '0.1.0',
  options: optionsSchema,
  create: (_context, options) => createSearchR1Protocol(options),
});
