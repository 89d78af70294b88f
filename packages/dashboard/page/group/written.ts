import type { Turn } from '@turnwise/core';

/** What a turn wrote, taken apart for reading. */
export interface Written {
  /** What it thought before it acted; empty when it did not. */
  readonly thought: string;
  /** The query or the answer; of an invalid turn all that is no thought. */
  readonly act: string;
}

const thinking = /<think>([\s\S]*?)(?:<\/think>|$)/g;
/** Where protocols begin an action. */
const acting = /<(?:search|answer|tool_call)\b/;

/** Tells thought and action of a turn apart, whether or not its protocol marks thoughts. */
export function writtenBy({ output: { text }, action }: Turn): Written {
  const marked = [...text.matchAll(thinking)].map(([, inner = '']) => inner.trim());
  const rest = text.replace(thinking, '').trim();
  if (action.kind === 'invalid') return { thought: marked.join('\n'), act: rest };
  const act = action.kind === 'search' ? action.query : action.text;
  if (marked.length > 0) return { thought: marked.join('\n'), act };
  // Without marks: what stands before the action.
  const place = acting.exec(text)?.index ?? text.lastIndexOf(act);
  return { thought: place > 0 ? text.slice(0, place).trim() : '', act };
}
