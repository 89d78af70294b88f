import type { Turn } from '@turnwise/core';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { RecordedGroupLine } from '../data/group-line.js';
import type { Credit } from '../pages/group-page.js';
import { signed } from '../text/numbers.js';
import { plain } from '../text/plain.js';

/** A turn of the group. */
export interface Place {
  readonly trajectory: number;
  readonly turn: number;
}

/**
 * The group at a look: a row a trajectory, a column a turn, so that a turn stands under the same turn of the others, which
 * is what turn-level credit compares. Each cell says what the turn did; its bar is its advantage, up or down from the line.
 * Arrow keys move between turns.
 */
export function CreditMatrix({
  group,
  credit,
  gold,
  chosen,
  onChoose,
}: {
  group: RecordedGroupLine;
  credit: Credit;
  gold: readonly (number | null)[];
  chosen: Place;
  onChoose: (place: Place) => void;
}): JSX.Element {
  const grid = useRef<HTMLTableElement>(null);
  const { trajectories } = group;
  const longest = Math.max(1, ...trajectories.map(({ turns }) => turns.length));
  const most = Math.max(1e-9, ...credit.advantages.turns.flat().map(Math.abs));
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const trajectory = Math.min(trajectories.length - 1, Math.max(0, chosen.trajectory + (by[0] ?? 0)));
    const length = trajectories[trajectory]?.turns.length ?? 0;
    const turn = Math.min(length - 1, Math.max(0, chosen.turn + (by[1] ?? 0)));
    if (turn < 0) return;
    onChoose({ trajectory, turn });
    grid.current?.querySelector<HTMLElement>(`[data-place="${trajectory}/${turn}"]`)?.focus();
  };
  return (
    <div class="wide">
      <table class="matrix" ref={grid} onKeyDown={move}>
        <caption class="hidden">
          Trajectories of the group, turn by turn, with the advantage of each turn. Arrow keys move between turns.
        </caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            {Array.from({ length: longest }, (_, turn) => (
              <th scope="col" key={turn}>
                turn {turn}
              </th>
            ))}
            <th scope="col">outcome</th>
          </tr>
        </thead>
        <tbody>
          {trajectories.map((trajectory, row) => {
            const rewards = credit.shaped[row];
            return (
              <tr key={trajectory.id}>
                <th scope="row">{row}</th>
                {Array.from({ length: longest }, (_, turn) => {
                  const step = trajectory.turns[turn];
                  if (step === undefined) return <td key={turn} class="absent" />;
                  const here = chosen.trajectory === row && chosen.turn === turn;
                  const advantage = credit.advantages.turns[row]?.[turn] ?? 0;
                  return (
                    <td key={turn}>
                      <button
                        type="button"
                        data-place={`${row}/${turn}`}
                        class={`cell ${step.action.kind} ${gold[row] === turn ? 'gold' : ''}`}
                        aria-current={here ? 'true' : undefined}
                        tabIndex={here ? 0 : -1}
                        onClick={() => onChoose({ trajectory: row, turn })}
                      >
                        <span class="what">
                          <bdi>{says(step)}</bdi>
                        </span>
                        {gold[row] === turn && <span class="star">gold first seen</span>}
                        <Bar value={advantage} most={most} />
                      </button>
                    </td>
                  );
                })}
                <td class="outcome">
                  {rewards?.outcome === null || rewards === undefined ? (
                    <span class="faint">abstains</span>
                  ) : (
                    <span class={rewards.correct ? 'right' : 'wrong'}>
                      {rewards.correct ? '✓' : '✕'} {Number(rewards.outcome.toFixed(3))}
                    </span>
                  )}
                  <span class="faint"> {trajectory.stopReason}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** What a turn did, in a few words. */
function says({ action }: Turn): string {
  if (action.kind === 'search') return `search: ${shortened(plain(action.query))}`;
  if (action.kind === 'answer') return `answer: ${shortened(plain(action.text))}`;
  return `invalid: ${action.reason}`;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** An advantage: up and blue, down and orange, and its number. */
function Bar({ value, most }: { value: number; most: number }): JSX.Element {
  const size = Math.round((16 * Math.abs(value)) / most);
  return (
    <span class="bar">
      <svg width="56" height="36" aria-hidden="true">
        <line x1="0" x2="56" y1="18" y2="18" class="axis" />
        {value !== 0 && (
          <rect
            x="8"
            width="40"
            y={value > 0 ? 18 - size : 18}
            height={Math.max(1, size)}
            class={value > 0 ? 'up' : 'down'}
          />
        )}
      </svg>
      <span class={`number ${value > 0 ? 'up' : value < 0 ? 'down' : 'faint'}`}>
        <span class="hidden">advantage </span>
        {signed(value)}
      </span>
    </span>
  );
}
