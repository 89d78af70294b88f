import { TurnwiseError } from '@turnwise/core';
import type { OpenAiOptions } from './options.js';

/** Counts what was spent, and refuses further requests once a limit is reached. */
export class Budget {
  #requests = 0;
  #tokens = 0;
  #money = 0;

  constructor(
    private readonly limits: OpenAiOptions['budget'],
    private readonly price: OpenAiOptions['pricePerMillion'],
  ) {}

  /** @throws ROLLOUT_BUDGET when something is spent */
  assertLeft(): void {
    const { requests = Infinity, tokens = Infinity, money = Infinity } = this.limits;
    const spent =
      this.#requests >= requests
        ? `${requests} requests`
        : this.#tokens >= tokens
          ? `${tokens} tokens`
          : this.#money >= money
            ? `${money} of money`
            : null;
    if (spent === null) return;
    throw new TurnwiseError('ROLLOUT_BUDGET', `The budget of ${spent} is spent.`, {
      where: 'policy.with.budget',
      hint: 'What was answered is kept. Raise the budget and ask for the rest.',
    });
  }

  spend({ input, output }: { readonly input: number; readonly output: number }): void {
    this.#requests += 1;
    this.#tokens += input + output;
    this.#money += (input * this.price.input + output * this.price.output) / 1e6;
  }

  /** So far. */
  get spent(): { readonly requests: number; readonly tokens: number; readonly money: number } {
    return { requests: this.#requests, tokens: this.#tokens, money: this.#money };
  }
}
