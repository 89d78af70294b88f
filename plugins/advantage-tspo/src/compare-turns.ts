import { discountedReturns, standardize } from '@turnwise/core';
import type { TspoOptions } from './options.js';

/** Turn rewards or advantages of the scored members, `[member][turn]`, of unequal lengths. */
export type Ragged = readonly (readonly number[])[];

/**
 * Compares turn rewards across a group. With S_k the members that reached turn k (`turn-index`):
 *
 *     A(i, k) = (r(i, k) - mean over S_k) / (sd over S_k + epsilon)
 *
 * `pooled-turns` takes one set of all turns of all members; `pad-zero` takes all members at every k, absent turns as 0.
 * A set of one follows `loneCell`. `fallback` is the trajectory advantage of each member.
 *
 * @returns a row for each member, with `pad-zero` longer than the turns of most
 */
export function compareTurns(rewards: Ragged, fallback: readonly number[], options: TspoOptions): number[][] {
  let horizon = 0;
  for (const turns of rewards) if (turns.length > horizon) horizon = turns.length;
  const compared =
    options.return === 'reward-to-go' ? rewards.map((turns) => discountedReturns(turns, options.gamma)) : rewards;
  const values = compare(compared, horizon, fallback, options);
  // With pad-zero the sum runs over the turns a member did not play as well. The subtracted baselines are then the same
  // for everybody however long the trajectory, which is what keeps stopping from being rewarded.
  return options.return === 'discounted' ? values.map((turns) => discountedReturns(turns, options.gamma)) : values;
}

/** Rows are `horizon` long for `pad-zero` and as long as the member's turns otherwise. */
function compare(rewards: Ragged, horizon: number, fallback: readonly number[], options: TspoOptions): number[][] {
  if (options.statistics === 'pooled-turns') return comparePooled(rewards, options);
  const padded = options.statistics === 'pad-zero';
  const values: number[][] = rewards.map(() => []);
  const cell: number[] = [];
  const present: number[] = [];
  for (let turn = 0; turn < horizon; turn++) {
    cell.length = 0;
    present.length = 0;
    for (let member = 0; member < rewards.length; member++) {
      const turns = rewards[member] ?? [];
      if (!padded && turn >= turns.length) continue;
      present.push(member);
      cell.push(turn < turns.length ? (turns[turn] ?? 0) : 0);
    }
    const compared =
      present.length === 1 ? loneCell(cell, fallback[present[0] ?? 0] ?? 0, options) : standardize(cell, options);
    for (let position = 0; position < present.length; position++) {
      values[present[position] ?? 0]?.push(compared[position] ?? 0);
    }
  }
  return values;
}

function comparePooled(rewards: Ragged, options: TspoOptions): number[][] {
  const pooled = standardize(rewards.flat(), options);
  let start = 0;
  return rewards.map((turns) => {
    const row = pooled.slice(start, start + turns.length);
    start += turns.length;
    return row;
  });
}

function loneCell(cell: readonly number[], fallback: number, options: TspoOptions): number[] {
  if (options.loneCell === 'trajectory-fallback') return [fallback];
  return options.loneCell === 'raw' ? [...cell] : [0];
}
