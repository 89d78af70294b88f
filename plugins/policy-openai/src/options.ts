import { z } from 'zod';

/** Options of the `openai` policy. */
export const openAiOptions = z.strictObject({
  endpoints: z
    .array(z.url())
    .min(1)
    .describe('Base addresses up to `/v1`; requests go to the one with the fewest under way.'),
  model: z.string().min(1).describe('Name of the model, as the servers know it.'),
  api: z
    .enum(['chat', 'completions'])
    .default('chat')
    .describe('`/chat/completions` with messages, or `/completions` with the conversation as one text.'),
  protocol: z
    .enum(['tags', 'tools'])
    .default('tags')
    .describe('Whether the model searches by writing a tag, or by calling a tool named `search` (chat only).'),
  system: z.string().optional().describe('System message before the prompt (chat only).'),
  keyVariable: z
    .string()
    .default('OPENAI_API_KEY')
    .describe('Environment variable that holds the key; none is sent when it is not set.'),
  tokens: z
    .enum(['none', 'vllm'])
    .default('none')
    .describe('Whether samples carry token ids and log-probabilities, asked for as vLLM offers them.'),
  includeStop: z
    .boolean()
    .default(false)
    .describe('Ask the server to keep the stop text (vLLM, SGLang); elsewhere a closing tag is put back.'),
  maxTokensField: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .default('max_tokens')
    .describe('What the server calls the limit of new tokens.'),
  contextLength: z.int().min(1).nullable().default(null).describe('Tokens the model reads at most; null: unknown.'),
  concurrency: z.int().min(1).default(64).describe('Requests under way at once at each endpoint.'),
  timeoutSeconds: z.number().gt(0).default(120).describe('Limit of one request.'),
  retries: z.int().min(0).default(5).describe('Further tries after a failure that may pass.'),
  budget: z
    .strictObject({
      requests: z.int().min(1).optional().describe('Requests that were answered.'),
      tokens: z.int().min(1).optional().describe('Tokens read and written, as the servers count them.'),
      money: z.number().gt(0).optional().describe('Cost by `pricePerMillion`.'),
    })
    .prefault({})
    .describe('When any of these is spent, no further request is sent; what was answered is kept.'),
  pricePerMillion: z
    .strictObject({
      input: z.number().min(0).default(0).describe('Price of a million tokens read, in the money of the budget.'),
      output: z.number().min(0).default(0).describe('Price of a million tokens written, in the money of the budget.'),
    })
    .prefault({})
    .describe('Price of a million tokens read and written, in the money of the budget.'),
  extra: z.record(z.string(), z.unknown()).default({}).describe('Further fields of every request.'),
});

export type OpenAiOptions = z.output<typeof openAiOptions>;
