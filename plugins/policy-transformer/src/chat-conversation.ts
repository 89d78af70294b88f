import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TurnwiseError, type Policy } from '@turnwise/core';
import { ChatFormat, compileChatTemplate, type Checkpoint } from '@turnwise/engine';
import type { TransformerOptions } from './transformer-options.js';

interface Surroundings {
  /** Where relative paths of the options start. */
  readonly base: string;
  readonly warn: (message: string) => void;
}

/**
 * The conversation as the checkpoint's chat template writes it; undefined for a model without one, and when the options
 * turn it off.
 *
 * @throws PLUGIN_OPTIONS_INVALID when the template cannot be read, or no conversation can be written with it
 */
export function chatConversation(
  { tokenizer, documents }: Pick<Checkpoint, 'tokenizer' | 'documents'>,
  { template, system, observations, variables }: TransformerOptions['chat'],
  { base, warn }: Surroundings,
): Policy['chat'] {
  const source = templateSource(template, documents?.chatTemplate ?? null, base);
  if (source === null) return undefined;
  const endTokens = new Set(documents?.endTokens);
  let format: ChatFormat;
  try {
    format = new ChatFormat({
      template: compileChatTemplate(source, documents?.specialTokens, variables),
      observations,
      system,
      controlTokens: tokenizer.specialTokens,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The chat template cannot be used: ${reason}.`, {
      where: 'policy.with.chat',
      hint: `Try other \`observations\` (${observations}) or \`variables\`, give a template of your own, or set \`template: none\`.`,
      cause,
    });
  }
  if (format.rewrites !== null) {
    warn(
      `chat template: in the model's earlier turns ${format.rewrites}. Here they stay as they were sampled, ` +
        'because no token that was sampled is changed.',
    );
  }
  return {
    open: (prompt) => format.open(prompt),
    reply: (observation, { tokenIds }) => {
      const last = tokenIds.at(-1);
      return format.reply(observation, last !== undefined && endTokens.has(last) ? tokenizer.decode([last]) : '');
    },
  };
}

function templateSource(asked: string, own: string | null, base: string): string | null {
  if (asked === 'auto') return own;
  if (asked === 'none') return null;
  const path = resolve(base, asked);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `There is no chat template at ${path}.`, {
      where: `policy.with.chat.template: ${JSON.stringify(asked)}`,
      hint: 'Name a file with a Jinja template, `auto` for the one of the checkpoint, or `none`.',
      cause,
    });
  }
}
