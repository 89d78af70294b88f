import type { ChatMessage, ChatTemplate } from './chat-template.js';

/** How observations come back to a chat model. */
export type ObservationPlace = 'verbatim' | 'user' | 'tool';

export interface ChatFormatOptions {
  readonly template: ChatTemplate;
  /**
   * `verbatim`: inside the model's own turn, as Search-R1 does; after a turn that the model closed itself, as a user
   * message. `user`, `tool`: as a message of that role, which closes the model's turn and opens the next.
   */
  readonly observations: ObservationPlace;
  /** Message before the prompt. Default: none, and what the template then adds of its own. */
  readonly system?: string | undefined;
  /** Texts that are tokens of the template alone: prompts and observations cannot bring them in. */
  readonly controlTokens?: readonly string[];
}

/** What stands for a turn of the model while the text after it is looked for. */
const turn = 'TURNWISE-TURN-OF-THE-MODEL';
const thought = 'TURNWISE-THOUGHT';

/**
 * Writes a conversation for a chat model piece by piece, so that a piece once written is never changed: what the model
 * sampled stays as it is, to the token, and only the text around it is the template's.
 */
export class ChatFormat {
  /** What the template would write otherwise in the model's earlier turns; null when it leaves them as they are. */
  readonly rewrites: string | null;
  private readonly controlTokens: readonly string[];

  /** @throws Error when a conversation cannot be continued with this template, and why */
  constructor(private readonly options: ChatFormatOptions) {
    const { template, controlTokens = [] } = options;
    this.controlTokens = controlTokens.filter((token) => token.length > 1 && template.source.includes(token));
    this.assertContinues();
    this.rewrites = this.findRewriting();
  }

  /** Everything up to where the model starts to write, for the protocol's prompt. */
  open(prompt: string): string {
    return this.options.template.render(this.opening(this.plain(prompt)), true);
  }

  /**
   * What stands between the model's turn and where it goes on, for the protocol's observation.
   *
   * @param end the end token with which the model closed its turn; empty when it did not
   */
  reply(observation: string, end = ''): string {
    const text = this.plain(observation);
    if (this.options.observations === 'verbatim' && end === '') return text;
    const between = this.afterTurn({ role: this.role, content: text.trim() });
    return end !== '' && between.startsWith(end) ? between.slice(end.length) : between;
  }

  private get role(): 'user' | 'tool' {
    return this.options.observations === 'tool' ? 'tool' : 'user';
  }

  private opening(prompt: string): ChatMessage[] {
    const { system } = this.options;
    const first: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
    return [...first, { role: 'user', content: prompt }];
  }

  /** A text from outside with the template's own tokens made plain, as its author did not mean to end a turn. */
  private plain(text: string): string {
    return this.controlTokens.reduce(
      (result, token) => result.replaceAll(token, `${token.slice(0, 1)} ${token.slice(1)}`),
      text,
    );
  }

  /** What the template writes after a turn of the model that a message answers. */
  private afterTurn(message: ChatMessage): string {
    const history: ChatMessage[] = [...this.opening('question'), { role: 'assistant', content: turn }];
    const text = this.options.template.render([...history, message], true);
    const place = text.indexOf(turn);
    if (place < 0) throw new Error('the chat template does not write what the model wrote');
    return text.slice(place + turn.length);
  }

  /** Refuses templates whose text for a longer conversation does not begin with that for a shorter one. */
  private assertContinues(): void {
    const { template } = this.options;
    const opening = this.opening('question');
    const asked = template.render(opening, false);
    if (!template.render(opening, true).startsWith(asked)) {
      throw new Error('the chat template changes the prompt when the model is to answer it');
    }
    const assistant: ChatMessage = { role: 'assistant', content: turn };
    const reply: ChatMessage = { role: this.role, content: 'observation' };
    const once = template.render([...opening, assistant, reply], true);
    const twice = template.render([...opening, assistant, reply, assistant, reply], true);
    if (!once.startsWith(asked) || !twice.startsWith(asked)) {
      throw new Error('the chat template changes the prompt when the conversation goes on');
    }
    const [first, second] = [this.afterTurn(reply), twice.slice(twice.lastIndexOf(turn) + turn.length)];
    if (first !== second) {
      throw new Error(
        `the chat template writes a ${this.role} message otherwise in later turns: ` +
          `${JSON.stringify(first)} after the first, ${JSON.stringify(second)} after the second`,
      );
    }
    if (!first.includes('observation')) {
      throw new Error(`the chat template does not write messages of the role ${this.role}`);
    }
  }

  private findRewriting(): string | null {
    const { template, observations } = this.options;
    if (observations === 'verbatim') return null;
    // A thought as templates write one, and as a model may.
    for (const content of [`<think>\n${thought}\n</think>\n\n${turn}`, `<think> ${thought} </think> ${turn}`]) {
      const messages: ChatMessage[] = [
        ...this.opening('question'),
        { role: 'assistant', content },
        { role: this.role, content: 'observation' },
      ];
      const written = template.render(messages, true);
      if (!written.includes(thought)) return 'it drops what stands between <think> and </think>';
      const kept = this.open('question') + content + this.reply('observation');
      if (written !== kept) return 'it writes what stands around their thoughts anew';
    }
    return null;
  }
}
