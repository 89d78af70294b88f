import { round, spread, type Spread } from '../engine/spread.js';
import type { Reaction } from './page-probe.js';

/** What the browser reports in steps of 8 ms, and only from 16 on. */
type Reported = number | '<16';

/** How the page reacted to each thing that was done, in milliseconds. */
export class Reactions {
  readonly #by = new Map<string, Reaction[]>();

  async add(name: string, measure: () => Promise<Reaction>): Promise<Reaction> {
    const reaction = await measure().catch((cause: unknown) => {
      throw new Error(`could not measure: ${name}`, { cause });
    });
    this.#by.set(name, [...(this.#by.get(name) ?? []), reaction]);
    return reaction;
  }

  summary(): Record<string, { times: number; first: Spread; settled: Spread; event: Reported }> {
    return Object.fromEntries(
      [...this.#by].map(([name, all]) => {
        const event = Math.max(...all.map((reaction) => reaction.event ?? 0));
        const first = spread(
          all.map((reaction) => reaction.first),
          0,
        );
        const settled = spread(
          all.map((reaction) => reaction.settled),
          0,
        );
        return [name, { times: all.length, first, settled, event: event === 0 ? '<16' : round(event, 0) }];
      }),
    );
  }
}
