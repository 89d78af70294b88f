/** C0 and C1 controls but line breaks, and the marks that reorder text: none of them may reach a terminal. */
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text of models and foreign files as it may be shown: control characters become `\u001b`-like escapes, so that a
 * recorded text can neither move the cursor nor disguise the line it stands in. Line breaks stay.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    if (character === '\t') return ' ';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** {@link printable}, on one line and no longer than `length` characters. */
export function excerpt(text: string, length = 80): string {
  // Cut before escaping: a line of a binary file may be many megabytes.
  const line = printable(text.slice(0, 4 * length + 1).replace(/\s+/g, ' ')).trim();
  const characters = Array.from(line);
  return characters.length > length ? `${characters.slice(0, length - 3).join('')}...` : line;
}
