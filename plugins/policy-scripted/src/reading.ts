import type { ConversationMessage } from '@turnwise/core';
import { bareTitle, containsPhrase, wordsOf } from './words.js';

/** A passage as it stood in an observation. */
export interface ReadPassage {
  readonly title: string;
  readonly text: string;
}

/** What the agent knows: nothing but what the conversation shows. */
export interface Reading {
  readonly question: string;
  readonly queries: readonly string[];
  /** Every passage read so far, first seen first, each once. */
  readonly passages: readonly ReadPassage[];
}

/** Reads question, own queries and passages out of a conversation. */
export function read(messages: readonly ConversationMessage[]): Reading {
  const passages = new Map<string, ReadPassage>();
  const queries: string[] = [];
  let prompt = '';
  for (const { role, text } of messages) {
    if (role === 'prompt') prompt += text;
    else if (role === 'policy')
      queries.push(...Array.from(text.matchAll(/<search>([\s\S]*?)<\/search>/g), (m) => (m[1] ?? '').trim()));
    else for (const passage of passagesOf(text)) passages.set(`${passage.title}\n${passage.text}`, passage);
  }
  return { question: questionOf(prompt), queries, passages: [...passages.values()] };
}

/** What follows the last `Question:`, or the last line that is not blank. */
function questionOf(prompt: string): string {
  const marked = prompt.slice(prompt.lastIndexOf('Question:') + 'Question:'.length);
  const source = prompt.includes('Question:') ? marked : prompt;
  const lines = source.split('\n').filter((line) => line.trim() !== '');
  return (prompt.includes('Question:') ? (lines[0] ?? '') : (lines.at(-1) ?? '')).trim();
}

const passageStart = /^\s*Doc \d+\s*(?=[(:])/m;

/** `Doc 1(Title: T) body` and its kin; without such marks each line is a passage, `T: body` giving a title. */
function passagesOf(observation: string): ReadPassage[] {
  const inside = observation.replace(/<\/?information>/g, '').trim();
  if (passageStart.test(inside)) {
    return inside
      .split(/^\s*Doc \d+\s*(?=[(:])/m)
      .filter((piece) => piece.trim() !== '')
      .map((piece) => titled(piece.trim()));
  }
  return inside
    .split('\n')
    .map((line) => /^(?<title>[^:]{1,60}): (?<text>.+)$/.exec(line.trim())?.groups ?? { title: '', text: line.trim() })
    .map(({ title = '', text = '' }) => ({ title, text }))
    .filter(({ text }) => text !== '');
}

/** Titles may hold brackets of their own, so the closing one is found by counting. */
function titled(piece: string): ReadPassage {
  const start = /^\(Title:\s*/.exec(piece);
  if (start === null) return { title: '', text: piece.replace(/^:\s*/, '') };
  let depth = 1;
  let end = start[0].length;
  for (; end < piece.length && depth > 0; end++) {
    if (piece[end] === '(') depth += 1;
    else if (piece[end] === ')') depth -= 1;
  }
  if (depth > 0) return { title: '', text: piece.slice(start[0].length) };
  return {
    title: piece
      .slice(start[0].length, end - 1)
      .trim()
      .replace(/^"(.*)"$/, '$1'),
    text: piece.slice(end).trim(),
  };
}

/** The passage about an entity: same title, else a title that begins with its words or the other way round. */
export function passageAbout(entity: string, passages: readonly ReadPassage[]): ReadPassage | undefined {
  const wanted = wordsOf(bareTitle(entity)).join(' ');
  if (wanted === '') return undefined;
  const exact = passages.find(({ title }) => wordsOf(title).join(' ') === wordsOf(entity).join(' '));
  if (exact !== undefined) return exact;
  const bare = passages.find(({ title }) => wordsOf(bareTitle(title)).join(' ') === wanted);
  if (bare !== undefined) return bare;
  return passages.find(
    ({ title }) => wordsOf(title).length > 1 && (containsPhrase(title, entity) || containsPhrase(entity, title)),
  );
}
