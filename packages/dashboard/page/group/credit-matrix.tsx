import type { Turn } from '@turnwise/core';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { RecordedGroupLine } from '../data/group-line.js';
import type { Credit } from '../pages/group-page.js';
import { StateChip } from '../parts/state-chip.js';
import { plain } from '../text/plain.js';
import { Bar } from './bars.js';
import { nearMissed } from './first-gold.js';

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

/**
 * The group at a look: a row a trajectory, a column a turn, so that a turn stands under the same turn of the others, which
 * is what turn-level credit compares. Each cell says what the turn did; bars are its reward and its advantage, and the cell
 * has the colour of the advantage, the stronger the larger it is. Arrow keys move between turns.
 */
export function CreditMatrix({
  group,
  credit,
  beside,
  gold,
  chosen,
  onChoose,
}: {
  group: RecordedGroupLine;
  credit: Credit;
  beside: Beside | null;
  gold: readonly (number | null)[];
  chosen: Place;
  onChoose: (place: Place) => void;
}): JSX.Element {
  const grid = useRef<HTMLTableElement>(null);
  const { trajectories } = group;
  const longest = Math.max(1, ...trajectories.map(({ turns }) => turns.length));
  const most = largest(credit.advantages.turns);
  const mostReward = largest(credit.shaped.map(({ turns }) => turns));
  const mostBeside = beside === null ? 1 : largest(beside.credit.advantages.turns);
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
                        style={{ '--tint': tint(advantage, most) }}
                        aria-current={here ? 'true' : undefined}
                        tabIndex={here ? 0 : -1}
                        onClick={() => onChoose({ trajectory: row, turn })}
                      >
                        <span class="what">
                          <bdi>{says(step)}</bdi>
                        </span>
                        {gold[row] === turn && <span class="star">gold first seen</span>}
                        <span class="bars">
                          <Bar kind="reward" label="reward" value={rewards?.turns[turn] ?? 0} most={mostReward} />
                          <Bar kind="advantage" label="advantage" value={advantage} most={most} />
                          {beside !== null && (
                            <Bar
                              kind="beside"
                              label={beside.strategy}
                              value={beside.credit.advantages.turns[row]?.[turn] ?? 0}
                              most={mostBeside}
                            />
                          )}
                        </span>
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
                  {nearMissed(rewards, gold[row] ?? null) && (
                    <div>
                      <StateChip state="near-miss" />
                    </div>
                  )}
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

const largest = (rows: readonly (readonly number[])[]): number => Math.max(1e-9, ...rows.flat().map(Math.abs));

/** How much of the advantage's colour a cell has: at most so much that text stays readable on it. */
function tint(advantage: number, most: number): string {
  const share = Math.round((26 * Math.abs(advantage)) / most);
  return `color-mix(in srgb, var(${advantage > 0 ? '--up' : '--down'}) ${share}%, var(--ground))`;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
