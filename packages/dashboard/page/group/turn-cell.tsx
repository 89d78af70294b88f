import type { Turn } from '@turnwise/core';
import type { JSX } from 'preact';
import type { Credit } from '../pages/group-page.js';
import { plain } from '../text/plain.js';
import { Bar } from './bars.js';

/** A turn of the group. */
export interface Place {
  readonly trajectory: number;
  readonly turn: number;
}

/** What another strategy gives the group, to stand beside. */
export interface Beside {
  readonly strategy: string;
  readonly credit: Credit;
}

/** The largest number of the group, which is a full bar. */
export interface FullBars {
  readonly reward: number;
  readonly advantage: number;
  readonly beside: number;
}

/** What a turn did, what it was paid, and what it is credited with, by which it is coloured. */
export function TurnCell({
  turn,
  place,
  credit,
  beside,
  full,
  bringsGold,
  isChosen,
  onChoose,
}: {
  turn: Turn;
  place: Place;
  credit: Credit;
  beside: Beside | null;
  full: FullBars;
  bringsGold: boolean;
  isChosen: boolean;
  onChoose: (place: Place) => void;
}): JSX.Element {
  const advantage = numberAt(credit.advantages.turns, place);
  return (
    <td>
      <button
        type="button"
        data-place={`${place.trajectory}/${place.turn}`}
        class={`cell ${turn.action.kind} ${bringsGold ? 'gold' : ''}`}
        style={{ '--tint': tint(advantage, full.advantage) }}
        aria-current={isChosen ? 'true' : undefined}
        tabIndex={isChosen ? 0 : -1}
        onClick={() => onChoose(place)}
      >
        <span class="what">
          <bdi>{says(turn)}</bdi>
        </span>
        {bringsGold && <span class="star">gold first seen</span>}
        <span class="bars">
          <Bar
            kind="reward"
            label="reward"
            value={credit.shaped[place.trajectory]?.turns[place.turn] ?? 0}
            most={full.reward}
          />
          <Bar kind="advantage" label="advantage" value={advantage} most={full.advantage} />
          {beside !== null && (
            <Bar
              kind="beside"
              label={beside.strategy}
              value={numberAt(beside.credit.advantages.turns, place)}
              most={full.beside}
            />
          )}
        </span>
      </button>
    </td>
  );
}

const numberAt = (rows: readonly (readonly number[])[], { trajectory, turn }: Place): number =>
  rows[trajectory]?.[turn] ?? 0;

/** What a turn did, in a few words. */
function says({ action }: Turn): string {
  if (action.kind === 'search') return `search: ${shortened(plain(action.query))}`;
  if (action.kind === 'answer') return `answer: ${shortened(plain(action.text))}`;
  return `invalid: ${action.reason}`;
}

/** How much of the advantage's colour a cell has: at most so much that text stays readable on it. */
function tint(advantage: number, most: number): string {
  const share = Math.round((26 * Math.abs(advantage)) / most);
  return `color-mix(in srgb, var(${advantage > 0 ? '--up' : '--down'}) ${share}%, var(--ground))`;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
