import { createContext, Script, type Context } from 'node:vm';
import * as jinja from '@huggingface/jinja';

/** What is used of the library; its own declarations do not resolve under Node's module rules. */
interface Jinja {
  readonly Environment: new () => { set(name: string, value: unknown): void };
  readonly Interpreter: new (environment: object) => { run(program: object): { readonly value: unknown } };
  readonly tokenize: (source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => object[];
  readonly parse: (tokens: readonly object[]) => object;
}

const { Environment, Interpreter, parse, tokenize } = jinja as unknown as Jinja;

/** A template comes with a downloaded model. One renders in less than a millisecond, and its lists are its messages. */
const mostMilliseconds = 10_000;
const longestRange = 100_000;
const mostCharacters = 1 << 24;

/** One message as chat templates know it. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
}

/** A compiled chat template: the text of a conversation as the model was trained to read it. */
export interface ChatTemplate {
  readonly source: string;
  /**
   * @param generationPrompt whether the text ends where the model starts to write
   * @throws Error with what the template says when it refuses the messages
   */
  render(messages: readonly ChatMessage[], generationPrompt: boolean): string;
}

/**
 * Compiles a Jinja chat template, under the rules of transformers: white space around blocks is trimmed, and the template
 * sees `messages`, `add_generation_prompt`, `tools` and `documents` (none), the special tokens by name, `raise_exception`,
 * and `variables`. It has no clock: `strftime_now` is undefined, so that the same conversation is the same text on every
 * day; give the date that a template asks for as a variable.
 *
 * @param specialTokens by role, such as `bos_token`
 * @param variables further variables, such as `enable_thinking`
 * It comes with a model from somewhere, and can do no more than write: it reaches no object of JavaScript's own, and what
 * does not end, or writes without end, is ended with an error.
 *
 * @param milliseconds after which a rendering is ended. Default 10,000.
 * @throws Error when the template is not Jinja that can be read
 */
export function compileChatTemplate(
  source: string,
  specialTokens: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, unknown>> = {},
  milliseconds = mostMilliseconds,
): ChatTemplate {
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return {
    source,
    render(messages, generationPrompt) {
      const environment = new Environment();
      const values: Record<string, unknown> = {
        ...globals,
        ...specialTokens,
        tools: null,
        documents: null,
        ...variables,
        messages,
        add_generation_prompt: generationPrompt,
      };
      for (const [name, value] of Object.entries(values)) environment.set(name, value);
      const text = within(milliseconds, () => new Interpreter(environment).run(program).value);
      if (typeof text !== 'string') throw new Error(`the template gave ${typeof text} instead of a text`);
      if (text.length > mostCharacters) throw new Error(`the template wrote more than ${mostCharacters} characters`);
      return text;
    },
  };
}

const call = new Script('work()');
let place: (Context & { work?: () => unknown }) | null = null;

/** The only way to end what runs and never waits: a script's time limit, which holds for all that it calls. */
function within<Result>(milliseconds: number, work: () => Result): Result {
  place ??= createContext({});
  place.work = work;
  try {
    return call.runInContext(place, { timeout: milliseconds }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`the template took longer than ${milliseconds / 1000} s`, { cause: error });
  } finally {
    delete place.work;
  }
}

const globals = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  raise_exception: (message: unknown): never => {
    throw new Error(String(message));
  },
  range,
};

/** Python's range of one, two or three numbers. */
function range(first: number, second?: number, step = 1): number[] {
  const [start, end] = typeof second === 'number' ? [first, second] : [0, first];
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (!(count <= longestRange)) throw new Error(`range() of ${count} numbers; at most ${longestRange} are made`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}
