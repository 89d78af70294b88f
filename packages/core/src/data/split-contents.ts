/**
 * Divides `contents` as Search-R1 and FlashRAG write it: the first line is the title, in quotes or not, the rest the
 * text. Contents of one line are all text; the title is then empty.
 */
export function splitContents(contents: string): { title: string; text: string } {
  const end = contents.indexOf('\n');
  if (end < 0) return { title: '', text: contents };
  const first = contents.slice(0, end).trim();
  return { title: /^"([\s\S]*)"$/.exec(first)?.[1] ?? first, text: contents.slice(end + 1) };
}

/** Writes a passage as Search-R1 and FlashRAG do: the title in quotes on the first line, if there is one. */
export function joinContents({ title, text }: { readonly title: string; readonly text: string }): string {
  return title === '' ? text : `"${title}"\n${text}`;
}
