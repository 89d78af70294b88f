import { related } from './next-query.js';
import type { QuestionShape } from './question-shape.js';
import { passageAbout, type ReadPassage, type Reading } from './reading.js';
import { dates, firstYear, names, numbers, sentences, type Span } from './spans.js';
import { bareTitle, containsPhrase, contentStems, overlap } from './words.js';

/** The best answer the passages read so far allow; never blank. */
export function chooseAnswer(reading: Reading, shape: QuestionShape): string {
  if (shape.kind === 'yes-no') return yesOrNo(reading, shape);
  if (shape.kind === 'choice') return choice(reading, shape);
  return bestSpan(reading, shape) ?? reading.passages[0]?.title ?? 'unknown';
}

/** Compares years of the two things, or of the persons behind them when the question steps over one. */
function choice({ question, passages }: Reading, shape: QuestionShape): string {
  const [one = '', other = ''] = shape.alternatives;
  const years = [one, other].map((alternative) => yearOf(subject(alternative, shape, passages), question));
  const [first, second] = years;
  if (first == null || second == null) return better(question, one, other, passages);
  const later = /\b(?:later|last|younger|newer|more recent(?:ly)?|after)\b/i.test(question);
  return first < second === later ? other : one;
}

/** Without two years: the one whose passage shares more words with the question. */
function better(question: string, one: string, other: string, passages: readonly ReadPassage[]): string {
  const asked = contentStems(question);
  const [first, second] = [one, other].map((name) =>
    overlap(contentStems(passageAbout(name, passages)?.text ?? ''), asked),
  );
  return (second ?? 0) > (first ?? 0) ? other : one;
}

/** The passage that decides about a compared thing: its own, or that of its director, performer and so on. */
function subject(name: string, shape: QuestionShape, passages: readonly ReadPassage[]): ReadPassage | undefined {
  const own = passageAbout(name, passages);
  const person = own && shape.relation ? related(own, shape.relation) : null;
  return person === null ? own : passageAbout(person, passages);
}

function yearOf(passage: ReadPassage | undefined, question: string): number | null {
  if (passage === undefined) return null;
  if (!/\b(?:die|died|death)\b/i.test(question)) return firstYear(passage.text);
  const span =
    /\d{4}\s*[–-]\s*(?:[^()]{0,25}?)(\d{4})/.exec(passage.text) ?? /\bdied\b[^.]*?(\d{4})/.exec(passage.text);
  return span === null ? null : Number(span[1]);
}

/** Same country or nationality: whether both passages use one adjective of origin. Otherwise yes. */
function yesOrNo({ question, passages }: Reading, shape: QuestionShape): string {
  if (!/\b(?:country|nationality|nationalities|same)\b/i.test(question) || shape.alternatives.length < 2) return 'yes';
  const origins = shape.alternatives.map((name) => origin(subject(name, shape, passages)?.text ?? ''));
  return origins[0] !== null && origins[0] === origins[1] ? 'yes' : 'no';
}

/** The first capitalised adjective or name after the first `is`, `was` or `in`. */
function origin(text: string): string | null {
  const match = /\b(?:is|was|were|are)\s+(?:an?|the)\b[^.]*?\b(\p{Lu}\p{L}+)/u.exec(text);
  return match?.[1] ?? null;
}

/** Scores every span of the asked kind by the words its sentence shares with the question and by where it stands. */
function bestSpan({ question, passages, queries }: Reading, shape: QuestionShape): string | null {
  const asked = contentStems(question);
  const followed = queries.slice(1);
  let best: string | null = null;
  let bestScore = 0;
  passages.forEach((passage, rank) => {
    const hop = followed.findIndex((query) => containsPhrase(passage.title, bareTitle(query)));
    const inQuestion = containsPhrase(question, bareTitle(passage.title));
    const weight = (hop >= 0 ? (shape.relation === null ? 3 : 8) / (1 + hop) : inQuestion ? 2 : 1) / (1 + 0.15 * rank);
    for (const [place, sentence] of sentences(passage.text).entries()) {
      const shared = overlap(contentStems(sentence), asked);
      for (const span of candidates(sentence, shape)) {
        if (containsPhrase(question, span.text) || containsPhrase(passage.title, span.text)) continue;
        const score = (weight * (0.5 + shared) * nearness(sentence, span, asked)) / (1 + 0.3 * place);
        if (score > bestScore) [best, bestScore] = [span.text, score];
      }
    }
  });
  return best;
}

function candidates(sentence: string, { kind }: QuestionShape): Span[] {
  if (kind === 'date') {
    // A bare year in a span of years (`1900 – 1971`) is no date: the passage gives the whole one elsewhere.
    const spanOfYears = /\d{4}\s*[–-]/.test(sentence);
    return dates(sentence).filter(({ text }) => !spanOfYears || !/^\d{4}$/.test(text));
  }
  if (kind === 'year')
    return dates(sentence)
      .filter(({ text }) => /^\d{4}$/.test(text))
      .concat(bareYears(sentence));
  if (kind === 'number') return numbers(sentence);
  if (kind === 'place') return places(sentence);
  if (kind === 'nationality') return nationalities(sentence);
  return names(sentence).filter(({ start, text }) => start > 0 || text.includes(' '));
}

/** Years inside longer dates, as a question for a year wants nothing else. */
function bareYears(sentence: string): Span[] {
  return dates(sentence).flatMap(({ text, start }) => {
    const year = /\d{4}$/.exec(text);
    return year === null || year.index === 0 ? [] : [{ text: year[0], start: start + year.index }];
  });
}

/** Names after a preposition of place, with what follows a comma: `in Medford, Massachusetts`. */
function places(sentence: string): Span[] {
  return names(sentence)
    .filter(({ start }) => /\b(?:in|at|from|near|of|to)\s+(?:the\s+)?$/i.test(sentence.slice(0, start)))
    .map(({ text, start }) => {
      const region = /^,\s+(\p{Lu}[\p{L}]+(?:\s\p{Lu}[\p{L}]+)?)/u.exec(sentence.slice(start + text.length));
      return { text: region === null ? text : `${text}, ${region[1]}`, start };
    });
}

function nationalities(sentence: string): Span[] {
  const found = origin(sentence);
  return found === null ? [] : [{ text: found, start: sentence.indexOf(found) }];
}

/** 1 to 2: how close the nearest word of the question stands before or after the span, within 40 characters. */
function nearness(sentence: string, span: Span, asked: ReadonlySet<string>): number {
  const around = sentence.slice(Math.max(0, span.start - 40), span.start + span.text.length + 20);
  return 1 + Math.min(overlap(contentStems(around), asked), 2) / 2;
}
