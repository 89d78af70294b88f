/** Letters that Unicode does not decompose but that people type without their stroke or ligature. */
const foldedLetters: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};
const foldable = new RegExp(`[${Object.keys(foldedLetters).join('')}]`, 'g');

/** Scripts written without spaces between words: cut into overlapping pairs, as no dictionary is at hand. */
const unspacedScripts = ['Han', 'Hira', 'Kana', 'Hang', 'Thai', 'Laoo', 'Khmr', 'Mymr'];
const unspaced = `[${unspacedScripts.map((script) => `\\p{scx=${script}}`).join('')}]`;
const pieces = new RegExp(`((?:(?=[\\p{L}\\p{N}])${unspaced})+)|(?:(?!${unspaced})[\\p{L}\\p{N}])+`, 'gu');

const asciiOnly = /^[\0-\x7f]*$/;
const asciiWords = /[a-z0-9]+/g;

/**
 * The words of a text, in order, repeated words included: the one tokenizer for passages and queries.
 *
 * Compatibility forms are unified (NFKD), marks removed, letters lower-cased; a word is a run of letters and digits;
 * everything else separates. Runs in scripts without spaces become overlapping pairs (`東京都` gives `東京`, `京都`).
 * `Café`, `CAFÉ` and `cafe` are one word, `Łódź` is `lodz`, `U.S.A.` is `u s a`. Any string is accepted.
 */
export function* tokenize(text: string): Generator<string, void, undefined> {
  if (asciiOnly.test(text)) {
    for (const match of text.toLowerCase().matchAll(asciiWords)) yield match[0];
    return;
  }
  for (const match of fold(text).matchAll(pieces)) {
    const run = match[1];
    if (run === undefined) yield match[0];
    else yield* pairs(run);
  }
}

/** NFC after the marks are gone puts Hangul syllables together again, which NFKD had taken apart into letters. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(foldable, (letter) => foldedLetters[letter] ?? letter);
}

function* pairs(run: string): Generator<string, void, undefined> {
  const characters = Array.from(run);
  if (characters.length === 1) yield run;
  for (let start = 0; start + 1 < characters.length; start++) yield `${characters[start]}${characters[start + 1]}`;
}
