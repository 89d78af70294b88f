import { normalizeAnswer } from './normalize-answer.js';

/**
 * When a text counts as holding a gold answer.
 * - `normalized-substring`: both sides through `normalizeAnswer`, then a substring (Search-R1 `is_retrieval_correct`).
 * - `token-boundary`: the same, but the answer must begin and end at a word border: `us` is not found in `virus`.
 * - `raw-lower`: lower case only, then a substring (MT-GRPO `exist_answer_in_search_results`).
 */
export type GoldMatch = 'normalized-substring' | 'token-boundary' | 'raw-lower';

/** Gold answers that are so short or so common that finding them in a text proves nothing. */
export interface GoldGuards {
  /** Leave out answers that normalise to yes, no or noanswer. Default true. */
  readonly ignoreYesNo: boolean;
  /** Leave out answers whose normalised form has fewer characters than this. Default 2. */
  readonly minChars: number;
  /** Leave out answers that the question itself already contains. Default false. */
  readonly ignoreIfInQuestion: boolean;
}

export const defaultGoldGuards: GoldGuards = { ignoreYesNo: true, minChars: 2, ignoreIfInQuestion: false };

/** Says which gold answer a text holds. */
export interface GoldMatcher {
  /** The gold answers that survived the guards, as written in the question file. */
  readonly answers: readonly string[];
  /** The first gold answer found in the text, as written in the question file, or `null`. */
  find(text: string): string | null;
}

/**
 * Builds the matcher for one question. An answer that normalises to nothing is always left out, whatever the guards:
 * it would be found in every text. Both sides are brought to Unicode NFC first, so that a composed and a decomposed
 * accent are the same letter.
 */
export function goldMatcher(
  question: { readonly text: string; readonly answers: readonly string[] },
  match: GoldMatch = 'normalized-substring',
  guards: GoldGuards = defaultGoldGuards,
): GoldMatcher {
  const { prepare, isFound } = modes[match];
  const preparedQuestion = guards.ignoreIfInQuestion ? prepare(question.text) : null;
  const goldAnswers = question.answers
    .filter((answer) => survivesGuards(answer, guards))
    .map((answer) => ({ answer, needle: prepare(answer) }))
    .filter(({ needle }) => preparedQuestion === null || !isFound(preparedQuestion, needle));
  return {
    answers: goldAnswers.map(({ answer }) => answer),
    find(text) {
      if (goldAnswers.length === 0 || text === '') return null;
      const haystack = prepare(text);
      return goldAnswers.find(({ needle }) => isFound(haystack, needle))?.answer ?? null;
    },
  };
}

const closedAnswers = new Set(['yes', 'no', 'noanswer']);

function survivesGuards(answer: string, guards: GoldGuards): boolean {
  const normalized = normalizeAnswer(answer.normalize('NFC'));
  if (normalized === '') return false;
  if (guards.ignoreYesNo && closedAnswers.has(normalized)) return false;
  return Array.from(normalized).length >= guards.minChars;
}

const composed = (text: string): string => normalizeAnswer(text.normalize('NFC'));

/** How a text is prepared, and where in the prepared text the prepared answer counts. */
const modes: Readonly<Record<GoldMatch, Mode>> = {
  'normalized-substring': { prepare: composed, isFound: (haystack, needle) => haystack.includes(needle) },
  'token-boundary': { prepare: composed, isFound: isFoundAsWords },
  'raw-lower': {
    prepare: (text) => text.normalize('NFC').toLowerCase(),
    isFound: (haystack, needle) => haystack.includes(needle),
  },
};

interface Mode {
  readonly prepare: (text: string) => string;
  readonly isFound: (haystack: string, needle: string) => boolean;
}

function isFoundAsWords(haystack: string, needle: string): boolean {
  for (let start = haystack.indexOf(needle); start !== -1; start = haystack.indexOf(needle, start + 1)) {
    const before = haystack.slice(Math.max(0, start - 2), start);
    const after = haystack.slice(start + needle.length, start + needle.length + 2);
    if (!/[\p{L}\p{N}_]$/u.test(before) && !/^[\p{L}\p{N}_]/u.test(after)) return true;
  }
  return false;
}
