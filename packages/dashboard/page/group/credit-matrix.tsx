import type { TurnRewards } from '@turnwise/core';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { RecordedGroupLine } from '../data/group-line.js';
import type { Credit } from '../pages/group-page.js';
import { StateChip } from '../parts/state-chip.js';
import { nearMissed } from './first-gold.js';
import { TurnCell, type Beside, type FullBars, type Place } from './turn-cell.js';

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
  const full: FullBars = {
    reward: largest(credit.shaped.map(({ turns }) => turns)),
    advantage: largest(credit.advantages.turns),
    beside: beside === null ? 1 : largest(beside.credit.advantages.turns),
  };
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
          {trajectories.map(({ id, turns, stopReason }, row) => (
            <tr key={id}>
              <th scope="row">{row}</th>
              {Array.from({ length: longest }, (_, column) => {
                const turn = turns[column];
                if (turn === undefined) return <td key={column} class="absent" />;
                return (
                  <TurnCell
                    key={column}
                    turn={turn}
                    place={{ trajectory: row, turn: column }}
                    credit={credit}
                    beside={beside}
                    full={full}
                    bringsGold={gold[row] === column}
                    isChosen={chosen.trajectory === row && chosen.turn === column}
                    onChoose={onChoose}
                  />
                );
              })}
              <OutcomeCell rewards={credit.shaped[row]} stopReason={stopReason} gold={gold[row] ?? null} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How a trajectory ended and what that was worth. */
function OutcomeCell({
  rewards,
  stopReason,
  gold,
}: {
  rewards: TurnRewards | undefined;
  stopReason: string;
  gold: number | null;
}): JSX.Element {
  return (
    <td class="outcome">
      {rewards?.outcome === null || rewards === undefined ? (
        <span class="faint">abstains</span>
      ) : (
        <span class={rewards.correct ? 'right' : 'wrong'}>
          {rewards.correct ? '✓' : '✕'} {Number(rewards.outcome.toFixed(3))}
        </span>
      )}
      <span class="faint"> {stopReason}</span>
      {nearMissed(rewards, gold) && (
        <div>
          <StateChip state="near-miss" />
        </div>
      )}
    </td>
  );
}

const largest = (rows: readonly (readonly number[])[]): number => Math.max(1e-9, ...rows.flat().map(Math.abs));
