import { readFileSync } from 'node:fs';
import * as huggingFace from '@huggingface/tokenizers';

/** What is used of the library's tokenizer; its own declarations do not resolve under Node's module rules. */
interface HuggingFaceTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean }): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_vocab(): Map<string, number>;
}

const { Tokenizer: HuggingFaceTokenizer } = huggingFace as unknown as {
  Tokenizer: new (tokenizer: object, config: object) => HuggingFaceTokenizer;
};

/** The content of a Hugging Face `tokenizer.json`. */
export type TokenizerJson = Readonly<Record<string, unknown>>;

/** Text to token ids and back. Neither direction adds, drops or tidies anything. */
export interface Tokenizer {
  /** One more than the highest id; a model's vocabulary is at least this. */
  readonly vocabularySize: number;
  /** Added tokens that the file marks as special, such as the ends of turns, as text. */
  readonly specialTokens: readonly string[];
  /** What it was made from, for saving. */
  readonly json: TokenizerJson;
  /**
   * No beginning or end tokens are added; special tokens written out in the text become their single id. What the
   * vocabulary cannot spell becomes its unknown token or, without one, is dropped; a byte-level vocabulary spells all.
   */
  encode(text: string): number[];
  /** Special tokens are written out. Throws on an unknown id. */
  decode(ids: readonly number[]): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
}

/** Makes a tokenizer from a `tokenizer.json`: its path or its parsed content. Throws an Error that names the file. */
export function loadTokenizer(source: string | TokenizerJson): Tokenizer {
  const name = typeof source === 'string' ? source : 'tokenizer.json';
  try {
    return new WrappedTokenizer(typeof source === 'string' ? parse(readFileSync(source, 'utf8')) : source);
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

class WrappedTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
  private readonly tokenizer: HuggingFaceTokenizer;

  constructor(readonly json: TokenizerJson) {
    // The library keeps and changes what it is given.
    // It looks for the unknown token in the configuration, where tokenizer.json names it in its model.
    const { model } = json as { model?: { unk_token?: unknown } };
    const unknown = typeof model?.unk_token === 'string' ? { unk_token: model.unk_token } : {};
    this.tokenizer = new HuggingFaceTokenizer(structuredClone(json), unknown);
    this.specialTokens = specialTokensOf(json);
    // Added tokens are in the vocabulary by now.
    this.vocabularySize = [...this.tokenizer.get_vocab().values()].reduce((most, id) => Math.max(most, id + 1), 0);
  }

  encode(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    for (const id of ids) if (this.idToToken(id) === undefined) throw new Error(`no token has the id ${id}`);
    return this.tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }

  tokenToId(token: string): number | undefined {
    return this.tokenizer.token_to_id(token);
  }

  idToToken(id: number): string | undefined {
    return this.tokenizer.id_to_token(id);
  }
}

function specialTokensOf({ added_tokens: added }: TokenizerJson): string[] {
  const list: unknown[] = Array.isArray(added) ? added : [];
  return list.flatMap((entry) => {
    const { content, special } = (entry ?? {}) as { content?: unknown; special?: unknown };
    return typeof content === 'string' && special === true ? [content] : [];
  });
}

function parse(text: string): TokenizerJson {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not a JSON object');
  return json as TokenizerJson;
}
