import { TurnwiseError, type Policy, type PolicyCapabilities, type Sample, type SampleRequest } from '@turnwise/core';
import { chooseAnswer } from './choose-answer.js';
import { nextQuery } from './next-query.js';
import { shapeOf } from './question-shape.js';
import { read } from './reading.js';

/**
 * A search agent without a model: it searches the question, reads what came back, follows the most promising name and
 * answers with the best span it read. It decides from the conversation alone, so equal conversations get equal turns,
 * whatever the seed and temperature. Writes the tags of Search-R1.
 */
export class ScriptedPolicy implements Policy {
  readonly tokenizer = null;
  readonly capabilities: PolicyCapabilities = { trainable: false, objectives: [], logprobs: false, maxContext: null };
  readonly #searches: number;

  constructor(searches: number) {
    this.#searches = searches;
  }

  sample({ messages, maySearch }: SampleRequest, signal: AbortSignal): Promise<Sample> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const reading = read(messages);
    const shape = shapeOf(reading.question);
    const query = maySearch && reading.queries.length < this.#searches ? nextQuery(reading, shape) : null;
    const text =
      query === null
        ? `<answer> ${untagged(chooseAnswer(reading, shape))} </answer>`
        : `<search> ${untagged(query)} </search>`;
    return Promise.resolve({ text, tokenIds: [], logprobs: [], finish: 'stop' });
  }

  forwardBackward(): Promise<never> {
    return Promise.reject(notTrainable());
  }

  optimStep(): Promise<never> {
    return Promise.reject(notTrainable());
  }

  /** There are no weights: a checkpoint of this policy is an empty folder. */
  save(): Promise<void> {
    return Promise.resolve();
  }

  load(): Promise<void> {
    return Promise.resolve();
  }
}

/** Text from passages must not open or close a tag of ours. */
function untagged(text: string): string {
  return text.replace(/[<>]/g, ' ').trim() || 'unknown';
}

function notTrainable(): TurnwiseError {
  return new TurnwiseError('RUN_NOT_TRAINABLE', 'The policy "scripted" has no weights and cannot be trained.', {
    hint: 'Use it with `turnwise eval` and `turnwise search`; to train, configure `policy: { use: transformer }`.',
  });
}
