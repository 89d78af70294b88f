import { deriveSeed, randomStream, type PolicyTokenizer, type Protocol, type SearchTool } from '@turnwise/core';
import { sampleToken, type Decoder, type Engine } from '@turnwise/engine';
import type { WorldQuestion } from '../world/world-question.js';

export interface PlayOptions {
  readonly engine: Engine;
  readonly tokenizer: PolicyTokenizer;
  readonly search: SearchTool;
  readonly protocol: Protocol;
  readonly seed: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Attempts per question. */
  readonly attempts: number;
  /** Turns after which an attempt ends, the answer's included. */
  readonly maxTurns: number;
  readonly maxTokensPerTurn: number;
  /** Attempts played side by side. Default 128. */
  readonly slots?: number;
}

/** One played attempt. */
export interface Attempt {
  readonly question: WorldQuestion;
  /** `null` when it gave none. */
  readonly answer: string | null;
  readonly observations: readonly string[];
  /** Everything, prompt included, for reading. */
  readonly transcript: string;
}

/**
 * Plays every question `attempts` times with real searches. Returns one list of attempts per question, in order. Many
 * attempts share each pass through the model; what one attempt draws depends on its question and number alone.
 */
export async function play(questions: readonly WorldQuestion[], options: PlayOptions): Promise<Attempt[][]> {
  const { engine, attempts, slots = 128 } = options;
  const games = questions.flatMap((question) =>
    Array.from({ length: attempts }, (_, number) => new Game(question, number, options)),
  );
  const decoder = engine.openDecoder({ slots: Math.min(slots, games.length) });
  try {
    for (let first = 0; first < games.length; first += slots) {
      await playTogether(games.slice(first, first + slots), decoder, options);
    }
  } finally {
    decoder.close();
  }
  return questions.map((_, index) => games.slice(index * attempts, (index + 1) * attempts));
}

async function playTogether(games: readonly Game[], decoder: Decoder, options: PlayOptions): Promise<void> {
  const { vocabularySize } = options.engine.config;
  for (let slot = 0; slot < games.length; slot++) decoder.truncate(slot, 0);
  for (;;) {
    const waiting = games.flatMap((game, slot) => (game.pending.length > 0 ? [{ game, slot }] : []));
    if (waiting.length === 0) return;
    const logits = decoder.extend(waiting.map(({ game, slot }) => ({ slot, tokens: game.takePending() })));
    for (const [row, { game }] of waiting.entries()) {
      const { token } = sampleToken(logits, row * vocabularySize, vocabularySize, {
        temperature: options.temperature,
        uniform: game.random.next(),
      });
      await game.write(token);
    }
  }
}

/** One attempt in progress. */
class Game implements Attempt {
  answer: string | null = null;
  readonly observations: string[] = [];
  readonly random;
  transcript: string;
  /** Tokens the model has not read yet; empty when the attempt is over. */
  pending: number[];
  #turn = 0;
  #written: number[] = [];
  #length: number;

  constructor(
    readonly question: WorldQuestion,
    number: number,
    private readonly options: PlayOptions,
  ) {
    this.random = randomStream(deriveSeed(options.seed, question.id, number));
    this.transcript = options.protocol.prompt(question);
    this.pending = [...options.tokenizer.encode(this.transcript)];
    this.#length = this.pending.length;
  }

  takePending(): number[] {
    const tokens = this.pending;
    this.pending = [];
    return tokens;
  }

  /** Takes the next sampled token; searches or ends when it closes a turn. */
  async write(token: number): Promise<void> {
    const { protocol, tokenizer, maxTurns, maxTokensPerTurn, engine } = this.options;
    this.#written.push(token);
    this.#length++;
    const closed = this.options.protocol.stop.some((stop) => tokenizer.decode([token]).includes(stop));
    if (!closed) {
      if (this.#written.length < maxTokensPerTurn && this.#length < engine.config.contextLength) this.pending = [token];
      return;
    }
    const output = tokenizer.decode(this.#written);
    this.transcript += output;
    this.#written = [];
    this.#turn++;
    const action = protocol.parse(output);
    if (action.kind === 'answer') this.answer = action.text;
    else if (this.#turn < maxTurns) await this.#observe(token, action);
  }

  async #observe(token: number, action: Exclude<ReturnType<Protocol['parse']>, { kind: 'answer' }>): Promise<void> {
    const { protocol, tokenizer, search, engine } = this.options;
    let text: string;
    if (action.kind === 'search') {
      const [outcome] = await search.search([action.query], { topK: 3, signal: new AbortController().signal });
      if (outcome === undefined) throw new Error('the search tool returned no outcome for the query');
      text = protocol.observation(outcome, (passage) => passage);
      this.observations.push(text);
    } else {
      text = protocol.correction(action.reason);
    }
    this.transcript += text;
    const tokens = tokenizer.encode(text);
    this.#length += tokens.length;
    if (this.#length < engine.config.contextLength) this.pending = [token, ...tokens];
  }
}
