import type { ConversationMessage } from '@turnwise/core';

/** A message as `/chat/completions` takes it. */
export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly tool_calls?: ToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** The tool a model calls instead of writing a search tag. */
export const searchTool = {
  type: 'function',
  function: {
    name: 'search',
    description: 'Searches the encyclopedia and returns passages.',
    parameters: {
      type: 'object',
      properties: { query: { type: 'string', description: 'What to look for.' } },
      required: ['query'],
      additionalProperties: false,
    },
  },
} as const;

const search = /<search>([\s\S]*?)<\/search>/;

/**
 * The conversation as messages. A message depends on its place and text alone, so each request begins with exactly the
 * messages of the one before: servers that cache by prefix read nothing twice.
 */
export function chatMessages(
  messages: readonly ConversationMessage[],
  protocol: 'tags' | 'tools',
  system?: string,
): ChatMessage[] {
  const chat: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  messages.forEach(({ role, text }, index) => {
    if (role === 'prompt') chat.push({ role: 'user', content: text });
    else if (role === 'policy')
      chat.push(protocol === 'tools' ? toolCalling(text, index) : { role: 'assistant', content: text });
    else {
      const called = chat.at(-1);
      const call = called?.role === 'assistant' ? called.tool_calls?.[0] : undefined;
      chat.push(call ? { role: 'tool', tool_call_id: call.id, content: text } : { role: 'user', content: text });
    }
  });
  return chat;
}

/** What the policy wrote, its search tag as the tool call it came from. */
function toolCalling(text: string, index: number): ChatMessage {
  const match = search.exec(text);
  if (match === null) return { role: 'assistant', content: text };
  const call: ToolCall = {
    id: `call_${index}`,
    type: 'function',
    function: { name: searchTool.function.name, arguments: JSON.stringify({ query: (match[1] ?? '').trim() }) },
  };
  return { role: 'assistant', content: text.slice(0, match.index), tool_calls: [call] };
}
