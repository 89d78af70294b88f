import type { ChatFormat, ConversationMessage, Observation, PolicyTokenizer, Sample } from '../contract/index.js';

/** A part of the conversation from outside the policy. */
interface Piece {
  readonly text: string;
  readonly tokenIds: readonly number[];
}

/**
 * The conversation of one trajectory as messages and, for policies with a tokenizer, as tokens. Token ids are only ever
 * appended: sampled ids are kept verbatim and no text is tokenised twice, so that what is trained on is what was sampled.
 */
export class Conversation {
  readonly messages: ConversationMessage[] = [];
  readonly tokenIds: number[] = [];

  constructor(
    private readonly tokenizer: PolicyTokenizer | null,
    private readonly chat: ChatFormat | null = null,
  ) {}

  /** Appends the protocol's prompt, in the chat model's form if there is one; returns what was appended. */
  open(prompt: string): Piece {
    const text = this.chat?.open(prompt) ?? prompt;
    return { text, tokenIds: this.appendText('prompt', text) };
  }

  /** An observation as it will follow the policy's output, and its tokens. */
  reply(
    { text, tokenIds = [] }: Pick<Observation, 'text' | 'tokenIds'>,
    output: Pick<Sample, 'text' | 'tokenIds'>,
  ): Piece {
    if (this.chat === null) return { text, tokenIds };
    const written = this.chat.reply(text, output);
    return { text: written, tokenIds: this.tokenize(written) };
  }

  /** Appends text from outside the policy; returns its tokens (empty without a tokenizer). */
  appendText(role: 'prompt' | 'observation', text: string): readonly number[] {
    const tokens = this.tokenize(text);
    this.appendTokens(role, text, tokens);
    return tokens;
  }

  /**
   * The conversation up to now, as a request holds it. Everything is only ever appended, so what was there can be cut
   * out later: a policy that works on text never copies the tokens, and one on tokens not the messages.
   */
  snapshot(): { readonly messages: readonly ConversationMessage[]; readonly tokenIds: readonly number[] } {
    const { messages, tokenIds } = this;
    const [messageCount, tokenCount] = [messages.length, tokenIds.length];
    let readMessages: readonly ConversationMessage[] | null = null;
    let readTokens: readonly number[] | null = null;
    return {
      get messages() {
        return (readMessages ??= messages.slice(0, messageCount));
      },
      get tokenIds() {
        return (readTokens ??= tokenIds.slice(0, tokenCount));
      },
    };
  }

  appendTokens(role: ConversationMessage['role'], text: string, tokenIds: readonly number[]): void {
    this.messages.push({ role, text });
    this.tokenIds.push(...tokenIds);
  }

  tokenize(text: string): readonly number[] {
    return this.tokenizer === null ? [] : this.tokenizer.encode(text);
  }

  /** Cuts a text to a number of tokens; without a tokenizer, to as many white-space separated words. */
  truncate(text: string, limit: number): string {
    if (this.tokenizer !== null) {
      const tokens = this.tokenizer.encode(text);
      return tokens.length <= limit ? text : this.tokenizer.decode(tokens.slice(0, limit));
    }
    const words = text.split(/\s+/u);
    return words.length <= limit ? text : words.slice(0, limit).join(' ');
  }
}
