/** Source of a tokenizer for the policies of tests that stand in a file of their own: one token a character. */
export const characterTokenizer = `
const tokenizer = {
  encode: (text: string) => [...text].map((character) => character.codePointAt(0) as number),
  decode: (tokens: readonly number[]) => String.fromCodePoint(...tokens),
};
`;
