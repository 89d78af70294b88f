import type { TokenizerJson } from '../tokenizer.js';

/** A byte-level tokenizer.json with letters, two merges and the special tokens <search> and <end>. */
export function letterTokenizerJson(): TokenizerJson {
  const letters = ['<search>', '<end>', 'Ġ', ...Array.from('abcdefghijklmnopqrstuvwxyz')];
  const pieces = ['th', 'the'];
  const added = ['<search>', '<end>'].map((content, id) => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries([...letters, ...pieces].map((token, id) => [token, id])),
      merges: ['t h', 'th e'],
    },
  };
}
