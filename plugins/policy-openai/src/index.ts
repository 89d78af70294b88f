import { definePolicy, TurnwiseError } from '@turnwise/core';
import { OpenAiPolicy } from './openai-policy.js';
import { openAiOptions, type OpenAiOptions } from './options.js';

export { chatMessages, type ChatMessage } from './chat-messages.js';
export { OpenAiPolicy } from './openai-policy.js';
export { openAiOptions, type OpenAiOptions } from './options.js';
export { requestBody, type ChatBody, type CompletionBody } from './request-body.js';

/** Any OpenAI-compatible server, for rollouts, evaluation and collecting data. */
export default definePolicy<OpenAiOptions>({
  id: 'openai',
  version: '0.1.0',
  options: openAiOptions,
  deterministic: false,
  create: (context, options) => {
    if (options.api === 'completions' && (options.protocol === 'tools' || options.system !== undefined)) {
      const what = options.protocol === 'tools' ? 'protocol: tools' : 'system';
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `policy openai: \`${what}\` needs \`api: chat\`.`, {
        where: 'policy.with.api',
      });
    }
    const { input, output } = options.pricePerMillion;
    if (options.budget.money !== undefined && input === 0 && output === 0) {
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', 'policy openai: `budget.money` needs `pricePerMillion`.', {
        where: 'policy.with.budget.money',
        hint: 'Without a price nothing is ever spent. Set pricePerMillion: { input, output }, or a budget of tokens.',
      });
    }
    return new OpenAiPolicy(options, process.env[options.keyVariable], context);
  },
});
