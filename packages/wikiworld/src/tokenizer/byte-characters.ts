/**
 * The visible character that stands for each byte in a byte-level vocabulary (GPT-2's table): printable Latin-1
 * characters stand for themselves, the others for U+0100 and on.
 */
export const byteCharacters: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  String.fromCodePoint(isPrintable(byte) ? byte : 256 + unprintableBefore(byte)),
);

function isPrintable(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

function unprintableBefore(byte: number): number {
  let count = 0;
  for (let other = 0; other < byte; other++) if (!isPrintable(other)) count++;
  return count;
}

/** A text as a byte-level tokenizer spells it. */
export function spellBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byteCharacters[byte]).join('');
}
