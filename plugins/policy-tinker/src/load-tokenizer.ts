import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TurnwiseError, type PolicyTokenizer } from '@turnwise/core';
import * as huggingFace from '@huggingface/tokenizers';

/** What is used of the library's tokenizer; its own declarations do not resolve under Node's module rules. */
interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean }): string;
}

const { Tokenizer } = huggingFace as unknown as {
  Tokenizer: new (tokenizer: object, config: object) => LibraryTokenizer;
};

/** The tokenizer.json of a folder: nothing is added, dropped or tidied in either direction. */
export function loadTokenizer(folder: string): PolicyTokenizer {
  const file = join(folder, 'tokenizer.json');
  try {
    const json = JSON.parse(readFileSync(file, 'utf8')) as { model?: { unk_token?: unknown } };
    // The library looks for the unknown token in the configuration, where tokenizer.json names it in its model.
    const unknown = typeof json.model?.unk_token === 'string' ? { unk_token: json.model.unk_token } : {};
    const tokenizer = new Tokenizer(json, unknown);
    return {
      encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
      decode: (ids) =>
        ids.length === 0
          ? ''
          : tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    };
  } catch (cause) {
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `${file} cannot be read: ${(cause as Error).message}`, {
      where: 'policy.with.tokenizer',
      hint: 'Name a folder with the tokenizer.json of the model, as on the Hugging Face hub.',
      cause,
    });
  }
}
