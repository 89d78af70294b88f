/**
 * A text as PostgreSQL's parser shall see it: marks removed, so that `café` and `cafe` meet, and without the NUL
 * character, which PostgreSQL cannot store.
 */
export function searchableText(text: string): string {
  return storableText(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC');
}

/** A text without NUL, which PostgreSQL cannot store. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '');
}
