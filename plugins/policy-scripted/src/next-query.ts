import { passageAbout, type ReadPassage, type Reading } from './reading.js';
import type { QuestionShape } from './question-shape.js';
import { names, sentences } from './spans.js';
import { bareTitle, containsPhrase, contentStems, overlap, wordsOf } from './words.js';

/** Words that stand before the person in a passage, for each relation a question may go over. */
const cues: Readonly<Record<string, RegExp>> = {
  director: /direct(?:ed|or|ion)\b[^.]*?\bby\s+$|director\s+$|directed\s+$/i,
  composer: /(?:music|score|composed|composer|soundtrack)\b[^.]*?\bby\s+$|composer\s+$/i,
  performer: /(?:by|recorded by|performed by|(?:singer|rapper|band|duo|group|musician)(?:-songwriter)?)\s+$/i,
  father: /(?:son|daughter|child) of\s+(?:[a-z]+\s+)*$|father,?\s+(?:was\s+)?$/i,
  mother: /(?:son|daughter|child) of [^.]*? and\s+(?:his wife\s+)?$|mother,?\s+(?:was\s+)?$/i,
  husband: /(?:wife|consort|widow|married|married to|queen) (?:of |to )?\s*$|husband,?\s+$/i,
  wife: /(?:husband|married|married to|wife),? (?:of |to |was )?\s*$/i,
};
const aliases: Readonly<Record<string, string>> = {
  singer: 'performer',
  spouse: 'husband',
  grandfather: 'father',
  grandmother: 'father',
  uncle: 'father',
  aunt: 'father',
};

/**
 * What to search for next, or null when nothing promising is left: first the question itself, then each compared
 * thing that was not found, then the person the question steps over, then the best name not read about yet.
 */
export function nextQuery(reading: Reading, shape: QuestionShape): string | null {
  const { question, queries, passages } = reading;
  if (queries.length === 0) return question;
  const asked = new Set(queries.map((query) => wordsOf(query).join(' ')));
  const fresh = (query: string): boolean => !asked.has(wordsOf(query).join(' '));
  for (const alternative of shape.alternatives) {
    if (passageAbout(alternative, passages) === undefined && fresh(alternative)) return alternative;
  }
  for (const alternative of shape.alternatives) {
    const passage = passageAbout(alternative, passages);
    const person = passage && shape.relation ? related(passage, shape.relation) : null;
    if (person !== null && passageAbout(person, passages) === undefined && fresh(person)) return person;
  }
  return bestName(reading, shape, fresh);
}

/** The name a passage gives for a relation: `directed by Ann Lee` for the director; null when it names none. */
export function related(passage: ReadPassage, relation: string): string | null {
  const cue = cues[aliases[relation] ?? relation];
  if (cue === undefined) return null;
  for (const { text, start } of names(passage.text)) {
    if (cue.test(passage.text.slice(Math.max(0, start - 60), start))) return text;
  }
  return null;
}

function bestName(reading: Reading, shape: QuestionShape, fresh: (query: string) => boolean): string | null {
  const { question, passages } = reading;
  const asked = contentStems(question);
  let best: string | null = null;
  let bestScore = 0;
  passages.forEach((passage, rank) => {
    const aboutQuestion = containsPhrase(question, bareTitle(passage.title));
    const weight = (aboutQuestion ? 3 : 1) / (1 + 0.3 * rank);
    const person = shape.relation === null ? null : related(passage, shape.relation);
    const titleStems = contentStems(passage.title);
    for (const [place, sentence] of sentences(passage.text).entries()) {
      const stems = contentStems(sentence);
      const shared = overlap(new Set([...stems].filter((stem) => !titleStems.has(stem))), asked);
      for (const { text } of names(sentence)) {
        if (text.length < 3 || containsPhrase(question, text) || containsPhrase(passage.title, text)) continue;
        if (passageAbout(text, passages) !== undefined || !fresh(text)) continue;
        const words = wordsOf(text).length;
        const score =
          weight * (1 + shared) * (words > 1 ? 1.5 : 0.6) * (1 / (1 + 0.2 * place)) * (text === person ? 8 : 1);
        if (score > bestScore) [best, bestScore] = [text, score];
      }
    }
  });
  return best;
}
