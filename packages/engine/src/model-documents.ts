import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigJson } from './config-json.js';
import type { Tokenizer } from './tokenizer.js';

/** Files of a Hugging Face folder that are kept as they are and written back beside the weights. */
const kept = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'generation_config.json',
  'chat_template.jinja',
] as const;
type KeptFile = (typeof kept)[number];

/** What a checkpoint's folder says about the model besides its weights and its vocabulary. */
export interface ModelDocuments {
  /** `config.json`, whole: also what this engine has no use for. */
  readonly config: ConfigJson;
  readonly texts: ReadonlyMap<KeptFile, string>;
  /** Tokens that end what the model writes: `eos_token_id` of generation_config.json, else of config.json. */
  readonly endTokens: readonly number[];
  /** Jinja template that turns messages into a prompt; null when the model has none. */
  readonly chatTemplate: string | null;
  /** Special tokens by role, such as `bos_token`, for the chat template. */
  readonly specialTokens: Readonly<Record<string, string>>;
}

/** Reads the documents of a folder. Throws an Error that names the file and the key. */
export async function readModelDocuments(
  folder: string,
  config: ConfigJson,
  tokenizer: Tokenizer,
): Promise<ModelDocuments> {
  const texts = new Map<KeptFile, string>();
  for (const name of kept) {
    const path = join(folder, name);
    if (existsSync(path)) texts.set(name, await readFile(path, 'utf8'));
  }
  const json = (name: KeptFile): ConfigJson => parse(join(folder, name), texts.get(name) ?? '{}');
  const tokenizerConfig = json('tokenizer_config.json');
  const specialTokens = readSpecialTokens({ ...json('special_tokens_map.json'), ...tokenizerConfig });
  const generation = json('generation_config.json');
  const [source, ids] =
    generation.eos_token_id == null
      ? [join(folder, 'config.json'), config.eos_token_id]
      : [join(folder, 'generation_config.json'), generation.eos_token_id];
  const endTokens = new Set(readTokenIds(source, ids, tokenizer));
  // A chat model's turn ends with the tokenizer's end token, which older generation configurations forget.
  const named = tokenizer.tokenToId(specialTokens.eos_token ?? '');
  if (named !== undefined) endTokens.add(named);
  return {
    config,
    texts,
    endTokens: [...endTokens],
    chatTemplate: texts.get('chat_template.jinja') ?? readTemplate(folder, tokenizerConfig.chat_template),
    specialTokens,
  };
}

function readTokenIds(path: string, found: unknown, tokenizer: Tokenizer): number[] {
  if (found === undefined || found === null) return [];
  const ids: unknown[] = Array.isArray(found) ? found : [found];
  return ids.map((id) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) {
      throw new Error(`${path}: eos_token_id: expected token ids, found ${JSON.stringify(found)}`);
    }
    if (tokenizer.idToToken(id) === undefined) {
      throw new Error(`${path}: eos_token_id: ${id} is not a token of tokenizer.json`);
    }
    return id;
  });
}

/** A template, or a list of named ones of which `default` is taken. */
function readTemplate(folder: string, found: unknown): string | null {
  if (found === undefined || found === null) return null;
  if (typeof found === 'string') return found;
  const list: unknown[] = Array.isArray(found) ? found : [];
  for (const entry of list) {
    const { name, template } = (entry ?? {}) as { name?: unknown; template?: unknown };
    if (name === 'default' && typeof template === 'string') return template;
  }
  throw new Error(
    `${join(folder, 'tokenizer_config.json')}: chat_template: expected a text or a list with one named "default"`,
  );
}

/** Every `..._token`, written as a text or as an object with `content`. */
function readSpecialTokens(json: ConfigJson): Record<string, string> {
  const entries = Object.entries(json).flatMap(([key, value]): [string, string][] => {
    if (!key.endsWith('_token')) return [];
    const content: unknown = typeof value === 'object' && value !== null ? (value as ConfigJson).content : value;
    return typeof content === 'string' ? [[key, content]] : [];
  });
  return Object.fromEntries(entries);
}

function parse(path: string, text: string): ConfigJson {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('expected a JSON object');
    return json as ConfigJson;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
