import { firstSyllables, lastSyllables } from '../names/syllables.js';
import { afterthoughts, aliasSentence, comparisons, nested, trivia } from '../schema/other-texts.js';
import { relations } from '../schema/relations.js';
import { years } from '../schema/years.js';

/** Ends a text; also fills the tail of a shorter sequence. Always id 0. */
export const endToken = '<|end|>';

/** The tags of the Search-R1 protocol, one token each. */
export const tagTokens: readonly string[] = ['think', 'search', 'information', 'answer'].flatMap((name) => [
  `<${name}>`,
  `</${name}>`,
]);

/** Words that only the demonstrations, the prompt and the fixed texts of the Search-R1 protocol use. */
const otherWords = [
  'Question: missing surely perhaps or former latter',
  'No passages found. The search engine is not available.',
  'The last step held neither a search nor an answer. The search was empty. The answer was empty.',
  'A tag was not closed. Write query to search or text to answer.',
];

/** Every lower-case and capitalised word that the world's texts can hold, in alphabetical order; names left out. */
function worldWords(): readonly string[] {
  const texts = [
    ...relations.flatMap(({ id, sentences, questions, keywords }) => [id, ...sentences, ...questions, ...keywords]),
    ...Object.values(trivia).flat(),
    ...afterthoughts,
    aliasSentence,
    ...Object.values(comparisons),
    nested,
    ...otherWords,
  ];
  const words = texts.flatMap((text) => text.replace(/\{\w*\}/g, ' ').match(/\p{L}+/gu) ?? []);
  return [...new Set(words)].sort();
}

/** Years, words and first syllables follow a space; last syllables follow a first one. */
export const spacedTokens: readonly string[] = [...years, ...worldWords(), ...firstSyllables].map((word) => ` ${word}`);
export const attachedTokens: readonly string[] = lastSyllables;
