import { firstSyllables, lastSyllables } from '../names/syllables.js';
import { byteCharacters, spellBytes } from './byte-characters.js';
import { attachedTokens, endToken, spacedTokens, tagTokens } from './vocabulary.js';

/** A `tokenizer.json` in the format of Hugging Face's tokenizers. */
export type TokenizerJson = Readonly<Record<string, unknown>>;

/**
 * The world's tokenizer: a byte-level BPE without merges. Text is cut into words, a name into its two syllables; a
 * piece in the vocabulary is one token, any other piece is spelt in bytes. So the world reads cheaply, and no text
 * whatever is unknown. Runs of white space count as one space.
 */
export function tokenizerJson(): TokenizerJson {
  const added = [endToken, ...tagTokens];
  const model = [...byteCharacters, ...spacedTokens.map(spellBytes), ...attachedTokens.map(spellBytes)];
  const vocabulary = Object.fromEntries([...added, ...model].map((token, id) => [token, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: content === endToken,
    })),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: ' ' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Strip', strip_left: false, strip_right: true },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: piecePattern() }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
        // Words carry the space before them, tags do not: without these "</think><search>" would close up.
        ...added.map((content) => ({ type: 'Replace', pattern: { String: content }, content: ` ${content}` })),
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: true,
      vocab: vocabulary,
      merges: [],
    },
  };
}

/** The first syllable of a name if its last one follows; otherwise a word, a number, a run of signs, or spaces. */
function piecePattern(): string {
  const name = ` (?:${firstSyllables.join('|')})(?=(?:${lastSyllables.join('|')})(?!\\p{L}))`;
  return `${name}| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+`;
}
