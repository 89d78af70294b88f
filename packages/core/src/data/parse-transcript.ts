import type { Action, Observation, StopReason, Trajectory, Turn } from '../contract/index.js';
import { passagesIn } from './passages-in.js';

const pair = /<(search|answer)>([\s\S]*?)<\/\1>/;
const opened = /<(search|answer)>/;

/** What an environment writes after an invalid action: Search-R1 in the first person, our own protocol as advice. */
const correction =
  /\n?My previous action is invalid\.[\s\S]*?Let me try again\.\s*|\n[^\n]* Write <search> query <\/search> to search or <answer> text <\/answer> to answer\.\s*/;

/** Search results: `information` (Search-R1), `result` (ReSearch), `documents` (AutoRefine). May be cut off at the end. */
const results = /^\s*<(information|result|documents)>([\s\S]*?)(?:<\/\1>\s*|$)/;

/** White space and the special tokens with which a text may end. */
const nothing = /^(?:\s|<\|\w+\|>)*$/;

/**
 * Reads the text of a finished conversation (everything after the prompt, the policy's words and the environment's)
 * into turns. A turn ends with the first complete search or answer, or where the environment corrects it; results count
 * as observation only right after a search, elsewhere the policy wrote them. Output and observation texts together are
 * the whole text but for what trails at its end; there are no tokens.
 */
export function parseTranscript(text: string): Pick<Trajectory, 'turns' | 'answer' | 'stopReason'> {
  const turns: Turn[] = [];
  let rest = text;
  while (turns.length === 0 || !nothing.test(rest)) {
    const { turn, length } = nextTurn(rest);
    rest = rest.slice(length);
    const { action, observation } = turn;
    if (action.kind === 'answer') return { turns: [...turns, turn], answer: action.text, stopReason: 'answered' };
    const last = nothing.test(rest);
    // A search in the middle of which nothing came back brought nothing.
    turns.push(action.kind === 'search' && !observation && !last ? { ...turn, observation: silence } : turn);
  }
  return { turns, answer: null, stopReason: stopReasonOf(turns.at(-1)) };
}

const silence: Observation = { status: 'empty', text: '', hits: [] };

function nextTurn(rest: string): { turn: Turn; length: number } {
  const corrected = correction.exec(rest)?.index ?? Number.POSITIVE_INFINITY;
  const complete = pair.exec(rest);
  const acted = complete === null ? Number.POSITIVE_INFINITY : complete.index + complete[0].length;
  const text = rest.slice(0, Math.min(corrected, acted));
  const action = actionOf(text);
  const observation = observationAfter(rest.slice(text.length), action);
  const length = text.length + (observation?.text.length ?? 0);
  return { turn: { output: { text, tokenIds: [], logprobs: [] }, action, observation }, length };
}

function actionOf(output: string): Action {
  const [, tag, content = ''] = pair.exec(output) ?? [];
  if (tag === undefined) return { kind: 'invalid', reason: opened.test(output) ? 'unclosed-tag' : 'no-action' };
  const text = content.trim();
  if (text === '') return { kind: 'invalid', reason: tag === 'search' ? 'empty-query' : 'empty-answer' };
  return tag === 'search' ? { kind: 'search', query: text } : { kind: 'answer', text };
}

function observationAfter(rest: string, action: Action): Observation | null {
  const corrected = correction.exec(rest);
  if (corrected?.index === 0) return { status: 'invalid', text: corrected[0], hits: [] };
  const found = action.kind === 'search' ? results.exec(rest) : null;
  if (found === null) return null;
  const content = (found[2] ?? '').trim();
  const isEmpty = content === '' || content === 'No passages found.';
  return { status: isEmpty ? 'empty' : 'ok', text: found[0], hits: isEmpty ? [] : passagesIn(content) };
}

/** Why a transcript without answer ended, as far as its text says. */
function stopReasonOf(last: Turn | undefined): StopReason {
  if (last?.observation) return 'context-limit';
  return last?.action.kind === 'search' ? 'turn-limit' : 'token-limit';
}
