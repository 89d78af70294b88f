/**
 * The options of the `search-r1` protocol that the base checkpoint was trained with: the bare question, and the hits'
 * texts without titles or numbers. Other options are other texts than it has learned to read.
 */
export const worldProtocol = { instructions: '', passage: '{text}' } as const;
