import { firstOccurrences } from '@turnwise/core';
import type { GroupLine } from '../dashboard/summarise-group.js';

/** A group as a report holds it. */
export interface ShortenedGroup {
  readonly line: GroupLine;
  /** Bytes as JSON. */
  readonly bytes: number;
  /** Characters that every text was held to; `null`: none had to be shortened. */
  readonly longestText: number | null;
}

/** One after the other, until the group fits: texts, then the passages and tokens beside what the policy saw. */
const attempts: readonly { readonly characters: number; readonly everything: boolean }[] = [
  { characters: 8000, everything: true },
  { characters: 2000, everything: true },
  { characters: 500, everything: false },
];

/**
 * A group that takes at most so many bytes, its texts shortened as far as that needs, each ending with how much is left
 * out; `null` when even the shortest is too long. Where gold was first seen is settled before, on the whole texts.
 */
export function shortenGroup(line: GroupLine, mostBytes: number): ShortenedGroup | null {
  const settled = withFirstOccurrences(line);
  for (const { characters, everything } of attempts) {
    const cut = { shortened: false };
    const held = shortenTexts(everything ? settled : withoutExtras(settled), characters, cut);
    const bytes = Buffer.byteLength(JSON.stringify(held));
    if (bytes <= mostBytes) return { line: held, bytes, longestText: cut.shortened ? characters : null };
  }
  return null;
}

function withFirstOccurrences(line: GroupLine): GroupLine {
  const first = firstOccurrences(line);
  const shaped = line.shaped.map((rewards, index) => ({ ...rewards, firstOccurrence: first[index] ?? null }));
  return { ...line, shaped };
}

function withoutExtras(line: GroupLine): GroupLine {
  const trajectories = line.trajectories.map(({ prompt, turns, ...trajectory }) => ({
    ...trajectory,
    ...(prompt === undefined ? {} : { prompt: { ...prompt, tokenIds: [] } }),
    turns: turns.map(({ output, action, observation }) => ({
      output: { ...output, tokenIds: [], logprobs: [] },
      action,
      observation: observation === null ? null : { ...observation, hits: [], tokenIds: [] },
    })),
  }));
  return { ...line, trajectories };
}

/** A plain value with every text in it at most so long. */
export function shortenTexts<Value>(value: Value, characters: number, cut = { shortened: false }): Value {
  const within = (inner: unknown): unknown => {
    if (typeof inner === 'string') {
      if (inner.length <= characters) return inner;
      cut.shortened = true;
      // Half of a surrogate pair is no character.
      const kept = inner.slice(0, characters).replace(/[\ud800-\udbff]$/, '');
      return `${kept} … ⟨${inner.length - kept.length} more characters are not in this report⟩`;
    }
    if (Array.isArray(inner)) return inner.map(within);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, within(part)]));
  };
  return within(value) as Value;
}
