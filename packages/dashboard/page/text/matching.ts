/** Whether a question holds all words, whatever their case. */
export function matching(words: string): (question: { readonly id: string; readonly text: string }) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ id, text }) => {
    const held = `${id} ${text}`.toLowerCase();
    return wanted.every((word) => held.includes(word));
  };
}
