import { TurnwiseError, type Sample, type SampleRequest } from '@turnwise/core';
import { z } from 'zod';
import { searchTool } from './chat-messages.js';
import type { OpenAiOptions } from './options.js';

const usage = z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish();
const finish = z.string().nullish();

const chatReply = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: finish,
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z.array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) })).nullish(),
        }),
        logprobs: z
          .object({ content: z.array(z.object({ token: z.string(), logprob: z.number() })).nullish() })
          .nullish(),
      }),
    )
    .min(1),
  usage,
});

const completionReply = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: finish,
        text: z.string(),
        logprobs: z
          .object({ tokens: z.array(z.string()).nullish(), token_logprobs: z.array(z.number().nullable()).nullish() })
          .nullish(),
      }),
    )
    .min(1),
  usage,
});

/** A reply that was understood, and what it cost. */
export interface ReadReply {
  readonly sample: Sample;
  readonly usage: { readonly input: number; readonly output: number };
}

/** Reads the reply to `requestBody`. Throws `CONTRACT_SAMPLE_INVALID` for what no server should send. */
export function readReply(reply: unknown, request: SampleRequest, options: OpenAiOptions): ReadReply {
  const isChat = options.api === 'chat';
  const parsed = (isChat ? chatReply : completionReply).safeParse(reply);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const [choice] = parsed.data.choices;
  if (choice === undefined) throw invalid('choices is empty');
  // What the limit cut off is no answer and no query, so nothing is closed or completed.
  const isCut = choice.finish_reason === 'length';
  const text = 'message' in choice ? chatText(choice.message, options, isCut) : choice.text;
  const tokens = 'message' in choice ? chatTokens(choice.logprobs) : completionTokens(choice.logprobs);
  const { prompt_tokens: input, completion_tokens: output } = parsed.data.usage ?? {};
  const { tokens: mostTokens, money } = options.budget;
  if ((mostTokens !== undefined || money !== undefined) && (input == null || output == null)) {
    throw invalid('`usage` is missing, and `budget` counts tokens by it; a budget of `requests` needs none');
  }
  return {
    sample: {
      text: options.includeStop || isCut ? text : withStop(text, request.stop),
      ...(options.tokens === 'none' ? { tokenIds: [], logprobs: [] } : tokenNumbers(tokens)),
      finish: isCut ? 'length' : 'stop',
    },
    usage: { input: input ?? 0, output: output ?? 0 },
  };
}

type Token = readonly [name: string, logprob: number | null];

function chatTokens(logprobs: z.output<typeof chatReply>['choices'][number]['logprobs']): Token[] {
  return (logprobs?.content ?? []).map(({ token, logprob }) => [token, logprob]);
}

function completionTokens(logprobs: z.output<typeof completionReply>['choices'][number]['logprobs']): Token[] {
  return (logprobs?.tokens ?? []).map((token, index) => [token, logprobs?.token_logprobs?.[index] ?? null]);
}

/** vLLM writes a token as `token_id:123` when asked to. */
function tokenNumbers(tokens: readonly Token[]): Pick<Sample, 'tokenIds' | 'logprobs'> {
  if (tokens.length === 0) throw invalid('no token was returned; `tokens: vllm` needs a server that offers them');
  const pairs = tokens.map(([name, logprob]) => {
    const [, id] = /^token_id:(\d+)$/.exec(name) ?? [];
    if (id === undefined) throw invalid(`the token ${JSON.stringify(name)} has no id; \`tokens: vllm\` needs vLLM`);
    if (logprob === null) throw invalid(`the token ${id} has no log-probability`);
    return [Number(id), Math.min(0, logprob)] as const;
  });
  return { tokenIds: pairs.map(([id]) => id), logprobs: pairs.map(([, logprob]) => logprob) };
}

/** The text of a message; a call of the search tool becomes the tag that stands for it, plain text the answer. */
function chatText(
  { content, tool_calls: calls }: z.output<typeof chatReply>['choices'][number]['message'],
  { protocol }: OpenAiOptions,
  isCut: boolean,
): string {
  const text = content ?? '';
  if (protocol === 'tags' || isCut) return text;
  const call = calls?.find(({ function: { name } }) => name === searchTool.function.name);
  if (call) return `${text}<search> ${queryOf(call.function.arguments)} </search>`;
  return text.trim() === '' || text.includes('<answer>') ? text : `<answer> ${text.trim()} </answer>`;
}

/** Arguments are written by the model: what is not a query is an empty one, and the protocol says so to the model. */
function queryOf(text: string): string {
  try {
    const { query } = JSON.parse(text) as { query?: unknown };
    return typeof query === 'string' ? query : '';
  } catch {
    return '';
  }
}

/** Most servers cut the stop text off. A closing tag is put back where its opening one is left alone. */
function withStop(text: string, stops: readonly string[]): string {
  for (const stop of stops) {
    const [, name] = /^<\/(\w+)>$/.exec(stop) ?? [];
    if (name === undefined || text.includes(stop)) continue;
    if (text.lastIndexOf(`<${name}>`) !== -1) return text + stop;
  }
  return text;
}

function invalid(problem: string): TurnwiseError {
  return new TurnwiseError('CONTRACT_SAMPLE_INVALID', `The server's reply is not understood: ${problem}`, {
    where: 'policy openai',
    hint: 'Check `api`, `protocol` and `tokens` of the policy against what the server offers.',
  });
}
