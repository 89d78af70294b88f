/** The 32 characters of Python's `string.punctuation`; typographic quotes and dashes are not among them. */
const asciiPunctuation = /[!-/:-@[-`{-~]/g;

/**
 * The articles as whole words. JavaScript's `\b` knows ASCII letters only and would cut the `a` out of `Bahía`, so the
 * word border is spelled out over Unicode letters and digits.
 */
const articles = /(?<![\p{L}\p{N}_])(?:an?|the)(?![\p{L}\p{N}_])/gu;

/** White space as Python's `str.split()` sees it, which is not what `\s` matches in JavaScript. */
const whitespace = /[\t-\r\x1c-\x20\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Brings an answer into the form in which answers are compared: lower case, ASCII punctuation deleted (no space takes
 * its place, so `Jean-Luc` becomes `jeanluc`), the words a, an and the replaced by a space, white space collapsed.
 * Accents and number formats stay as they are. The order matters: `A.B.C.` becomes `abc`, not `bc`.
 *
 * Source: `normalize_answer` of Search-R1 (verl/utils/reward_score/qa_em.py), itself from the SQuAD 1.1 evaluation.
 */
export function normalizeAnswer(text: string): string {
  return answerTokens(text).join(' ');
}

/** The words of the normalised answer; empty when nothing is left, as for `The`. */
export function answerTokens(text: string): string[] {
  return text
    .toLowerCase()
    .replace(asciiPunctuation, '')
    .replace(articles, ' ')
    .split(whitespace)
    .filter((token) => token !== '');
}
