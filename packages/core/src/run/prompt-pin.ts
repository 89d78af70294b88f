import { createHash } from 'node:crypto';
import type { InvalidReason, Protocol, SearchOutcome } from '../contract/index.js';

/** How questions and passages are put to the policy. */
export interface PromptPin {
  /** The prompt of the question `{question}`. */
  readonly text: string;
  /** SHA-256 of everything the protocol writes around questions, passages and mistakes. */
  readonly sha256: string;
}

const reasons: readonly InvalidReason[] = ['no-action', 'empty-query', 'empty-answer', 'unclosed-tag'];
const hits = ['one', 'two'].map((id) => ({ id, title: `{title ${id}}`, text: `{text ${id}}`, score: 1 }));
const outcomes: readonly SearchOutcome[] = [
  { status: 'ok', hits },
  { status: 'empty', hits: [] },
  { status: 'timeout', hits: [] },
  { status: 'error', hits: [] },
];

/**
 * Pins a protocol by what it writes, whichever plugin it is: two protocols with the same hash put the same words to a
 * policy. Options alone would not do, because the words are the code's.
 */
export function promptPin(protocol: Protocol): PromptPin {
  const text = protocol.prompt({ id: '{id}', text: '{question}', answers: ['{answer}'] });
  const written = {
    text,
    stop: protocol.stop,
    observations: outcomes.map((outcome) => protocol.observation(outcome, (passage) => passage)),
    corrections: reasons.map((reason) => protocol.correction(reason)),
  };
  return { text, sha256: createHash('sha256').update(JSON.stringify(written)).digest('hex') };
}
