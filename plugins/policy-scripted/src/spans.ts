/** A piece of a text that could name something. */
export interface Span {
  readonly text: string;
  /** Offset in the text it was found in. */
  readonly start: number;
}

const months = 'January|February|March|April|May|June|July|August|September|October|November|December';
const capitalised = "\\p{Lu}[\\p{L}\\p{N}'’.&-]*";
const connecting = '(?:of|the|de|la|le|du|da|di|van|von|der|den|bin|al)';
const name = new RegExp(`${capitalised}(?:\\s+(?:${connecting}\\s+){0,2}${capitalised})*`, 'gu');
const date = new RegExp(
  `(?:(?:${months})\\s+\\d{1,2},?\\s+\\d{4}|\\d{1,2}\\s+(?:${months})\\s+\\d{4}|(?:${months})\\s+\\d{4}|\\b[12]\\d{3}\\b)`,
  'g',
);
const number =
  /\b\d[\d,.]*\b(?:\s+(?:million|billion|people|members|times))?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice)\b/g;

/** Capitalised words that alone name nobody: months, days, pronouns and sentence openers. */
const notNames = new RegExp(
  `^(?:${months}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|He|She|It|They|His|Her|Its|Their|The|This|That|These|In|On|At|After|Before|During|Since|As|A|An|And|But|For|From|With|While|When|Although|Born|Set|Also|Both|Other|Later)$`,
);

/** Runs of capitalised words, with `of`, `the`, `de` and the like between them: people, places, works. */
export function names(text: string): Span[] {
  return spans(text, name)
    .map(({ text: found, start }) => ({ text: found.replace(/[.,'’&-]+$/, ''), start }))
    .map((span) => withoutOpener(span))
    .filter(({ text: found }) => found !== '' && !notNames.test(found));
}

/** A sentence opener grown onto a name: `In New York` is `New York`; `The Who` stays. */
function withoutOpener({ text, start }: Span): Span {
  const opener =
    /^(?:In|On|At|After|Before|During|Since|As|But|For|From|With|While|When|Although|He|She|It|Set|Born)\s+/.exec(text);
  return opener === null ? { text, start } : { text: text.slice(opener[0].length), start: start + opener[0].length };
}

/** Dates, the most complete form that is written, and years. */
export function dates(text: string): Span[] {
  return spans(text, date);
}

/** Numbers in digits or as small words. */
export function numbers(text: string): Span[] {
  return spans(text, number);
}

/** The first year written in a text, or null. */
export function firstYear(text: string): number | null {
  const found = /\b[12]\d{3}\b/.exec(text);
  return found === null ? null : Number(found[0]);
}

/** Cuts a text into sentences; initials and short abbreviations do not end one. */
export function sentences(text: string): string[] {
  return text.split(/(?<=[\p{Ll}\d)"”]{2}[.!?]["”]?)\s+(?=[\p{Lu}\d"“])/u).filter((sentence) => sentence.trim() !== '');
}

function spans(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), (match) => ({ text: match[0], start: match.index }));
}
