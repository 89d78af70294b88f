import type { SampleRequest } from '@turnwise/core';
import { chatMessages, searchTool, type ChatMessage } from './chat-messages.js';
import type { OpenAiOptions } from './options.js';

/** Fields that every server knows. */
interface CommonBody {
  readonly model: string;
  readonly temperature: number;
  readonly top_p: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly seed: number;
  readonly stop?: string[];
}

export interface ChatBody extends CommonBody {
  readonly messages: ChatMessage[];
  readonly tools?: (typeof searchTool)[];
  readonly logprobs?: boolean;
}

export interface CompletionBody extends CommonBody {
  readonly prompt: string;
  readonly logprobs?: number;
}

/** The path and body of the request for one turn. `extra` of the options comes last and wins. */
export function requestBody(
  request: SampleRequest,
  options: OpenAiOptions,
): { readonly path: string; readonly body: ChatBody | CompletionBody } {
  const common = {
    model: options.model,
    temperature: request.temperature,
    top_p: request.topP,
    [options.maxTokensField]: request.maxTokens,
    // Servers keep seeds in 32 bits with a sign.
    seed: request.seed % 2 ** 31,
    // A model that calls tools ends its turn by itself; servers take at most four stop texts.
    ...(options.protocol === 'tools' || request.stop.length === 0 ? {} : { stop: request.stop.slice(0, 4) }),
    ...(options.includeStop ? { include_stop_str_in_output: true } : {}),
    ...(options.tokens === 'vllm' ? { return_tokens_as_token_ids: true } : {}),
  };
  if (options.api === 'completions') {
    const prompt = request.messages.map(({ text }) => text).join('');
    const logprobs = options.tokens === 'vllm' ? { logprobs: 0 } : {};
    return { path: '/completions', body: { ...common, prompt, ...logprobs, ...options.extra } };
  }
  const messages = chatMessages(request.messages, options.protocol, options.system);
  const tools = options.protocol === 'tools' && request.maySearch ? { tools: [searchTool] } : {};
  const logprobs = options.tokens === 'vllm' ? { logprobs: true } : {};
  return { path: '/chat/completions', body: { ...common, messages, ...tools, ...logprobs, ...options.extra } };
}
