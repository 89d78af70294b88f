import type { Trajectory } from '@turnwise/core';
import type { JSX } from 'preact';
import { signed } from '../text/numbers.js';

/** Tokens of one owner, end to end. */
interface Run {
  readonly owner: 'prompt' | 'policy' | 'observation';
  readonly count: number;
  readonly turn: number | null;
  readonly logprobs: readonly number[];
}

/** Most tokens drawn one by one. */
const most = 2000;

/**
 * A square a token, in order: grey what the policy was given, and for what it wrote the advantage of its turn, the paler
 * the less sure the policy was of the token. No loss falls on a grey one.
 */
export function TokenStrip({
  trajectory,
  advantages,
}: {
  trajectory: Trajectory;
  advantages: readonly number[];
}): JSX.Element {
  const runs = runsOf(trajectory);
  const largest = Math.max(1e-9, ...advantages.map(Math.abs));
  let drawn = 0;
  return (
    <>
      <div class="tokens" role="img" aria-label={described(runs, advantages)}>
        {runs.map(({ owner, count, turn, logprobs }, index) => {
          const room = Math.max(0, Math.min(count, most - drawn));
          drawn += room;
          const advantage = turn === null ? 0 : (advantages[turn] ?? 0);
          return (
            <span key={index} class={`owner ${owner}`} title={title(owner, turn, count, advantage)}>
              {Array.from({ length: room }, (_, token) => (
                <i
                  key={token}
                  class={owner === 'policy' ? tone(advantage) : 'given'}
                  style={owner === 'policy' ? { opacity: opacity(advantage, largest, logprobs[token]) } : undefined}
                />
              ))}
            </span>
          );
        })}
      </div>
      <ul class="legend">
        <li>
          <i class="given" /> prompt and observations
        </li>
        <li>
          <i class="up" /> policy, advantage above 0
        </li>
        <li>
          <i class="down" /> policy, below 0
        </li>
        <li>
          <i class="zero" /> policy, 0
        </li>
      </ul>
    </>
  );
}

function runsOf({ prompt, turns }: Trajectory): Run[] {
  const given = (owner: 'prompt' | 'observation', count: number): Run => ({ owner, count, turn: null, logprobs: [] });
  return [
    given('prompt', prompt?.tokenIds.length ?? 0),
    ...turns.flatMap(({ output, observation }, turn): Run[] => [
      { owner: 'policy', count: output.tokenIds.length, turn, logprobs: output.logprobs },
      given('observation', observation?.tokenIds?.length ?? 0),
    ]),
  ].filter(({ count }) => count > 0);
}

const tone = (advantage: number): string => (advantage > 0 ? 'up' : advantage < 0 ? 'down' : 'zero');

function opacity(advantage: number, largest: number, logprob = 0): number {
  const size = advantage === 0 ? 1 : 0.35 + (0.65 * Math.abs(advantage)) / largest;
  return size * (0.45 + 0.55 * Math.exp(logprob));
}

function title(owner: Run['owner'], turn: number | null, count: number, advantage: number): string {
  if (owner !== 'policy') return `${owner}: ${count} tokens, no loss`;
  return `policy, turn ${turn ?? 0}: ${count} tokens, advantage ${signed(advantage)}`;
}

function described(runs: readonly Run[], advantages: readonly number[]): string {
  return runs
    .map(({ owner, count, turn }) => title(owner, turn, count, turn === null ? 0 : (advantages[turn] ?? 0)))
    .join('; ');
}
