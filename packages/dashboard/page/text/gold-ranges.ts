/** A part of a text, from `start` up to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** ASCII punctuation, which comparing answers leaves out. */
const punctuation = '[!-\\/:-@\\[-`{-~]*';
const between = `${punctuation}(?:\\s|${punctuation.slice(0, -1)}|\\b(?:a|an|the)\\b)*`;

/** Longer texts are searched no further: somebody who reads that far sees for themselves. */
const longest = 200_000;

/**
 * Where a text holds a gold answer, in the sense of the default matching: letter case, punctuation and articles aside.
 * Overlapping finds are joined. Answers of one character, and yes or no, are not looked for.
 */
export function goldRanges(text: string, answers: readonly string[]): Range[] {
  const found: Range[] = [];
  for (const answer of answers) {
    const words = answer
      .normalize('NFC')
      .toLowerCase()
      .replace(/[!-\/:-@\[-`{-~]/g, '')
      .split(/\s+/)
      .filter((word) => word !== '' && !/^(a|an|the)$/.test(word));
    const bare = words.join(' ');
    if (bare.length < 2 || /^(yes|no|noanswer)$/.test(bare)) continue;
    const pattern = words.map((word) => [...word].map(escaped).join(punctuation)).join(between);
    for (const match of text.slice(0, longest).matchAll(new RegExp(pattern, 'giu'))) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return joined(found);
}

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last !== undefined && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}
