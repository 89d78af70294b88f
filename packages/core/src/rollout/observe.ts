import type { Observation, Protocol, SearchOutcome, SearchTool } from '../contract/index.js';
import type { Conversation } from './conversation.js';
import type { RolloutLimits } from './rollout-options.js';

/**
 * Asks the search tool for one query. A tool that throws or answers with the wrong number of outcomes has failed: the
 * boundary turns that into an `error` outcome of this query, so that it touches its own trajectory alone.
 */
export async function searchOnce(
  tool: SearchTool,
  query: string,
  topK: number,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  try {
    const outcomes = await tool.search([query], { topK, signal });
    const outcome = outcomes[0];
    if (outcomes.length !== 1 || outcome === undefined) {
      return { status: 'error', hits: [], message: `the search tool gave ${outcomes.length} outcomes for 1 query` };
    }
    return outcome;
  } catch (error) {
    signal.throwIfAborted();
    return { status: 'error', hits: [], message: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Writes an outcome as the policy will read it. Each passage is cut to `maxPassageTokens`; while the whole is longer
 * than `maxObservationTokens` the last passage is left out, so that tags stay closed.
 */
export function observe(
  outcome: SearchOutcome,
  protocol: Protocol,
  conversation: Conversation,
  limits: RolloutLimits,
): Observation {
  const truncate = (passage: string): string => conversation.truncate(passage, limits.maxPassageTokens);
  let shown = outcome;
  let text = protocol.observation(shown, truncate);
  let tokenIds = conversation.tokenize(text);
  while (tokenIds.length > limits.maxObservationTokens && shown.hits.length > 1) {
    shown = { ...shown, hits: shown.hits.slice(0, -1) };
    text = protocol.observation(shown, truncate);
    tokenIds = conversation.tokenize(text);
  }
  const hits = shown.hits.map(({ id, title, text: passage, score }) => ({ id, title, text: passage, score }));
  return { status: outcome.status, text, hits, tokenIds };
}
