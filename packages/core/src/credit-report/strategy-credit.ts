import type { Composition } from '../contract/index.js';
import { scoredMembers } from '../credit/index.js';
import type { StrategyResult } from './compare-credit.js';

/** How much of the groups carries signal (an advantage other than 0) under one strategy. */
export interface StrategyCredit {
  readonly name: string;
  /** Groups by composition as this strategy's reward judges it, and how many of them carry signal. */
  readonly groups: Readonly<Record<Composition, { readonly total: number; readonly withSignal: number }>>;
  readonly groupsWithSignal: number;
  readonly deadGroups: number;
  /** Groups compared turn by turn. */
  readonly turnLevelGroups: number;
  /** By 0-based turn: scored trajectories that reached it, and their mean |advantage|, zeros included. */
  readonly byTurn: readonly { readonly reached: number; readonly meanMagnitude: number }[];
  /** Share of all turns with signal, in [0, 1]. */
  readonly turnShare: number;
  /** Share of all tokens of the policy with signal; `null` when none are recorded. */
  readonly tokenShare: number | null;
}

/** Counts one strategy's signal. */
export function strategyCredit({ name, shaped, advantages }: StrategyResult): StrategyCredit {
  const groups = {
    'all-wrong': { total: 0, withSignal: 0 },
    mixed: { total: 0, withSignal: 0 },
    'all-correct': { total: 0, withSignal: 0 },
  };
  const byTurn: { reached: number; sum: number }[] = [];
  const turns = { total: 0, withSignal: 0 };
  const tokens = { total: 0, withSignal: 0 };
  advantages.forEach((estimate, index) => {
    const group = shaped[index];
    const isScored = new Set(scoredMembers(group?.shaped ?? []));
    const carries = estimate.turns.some((row) => row.some((value) => value !== 0));
    groups[estimate.composition].total++;
    if (carries) groups[estimate.composition].withSignal++;
    estimate.turns.forEach((row, member) => {
      row.forEach((value, turn) => {
        const length = group?.trajectories[member]?.turns[turn]?.output.tokenIds.length ?? 0;
        turns.total++;
        tokens.total += length;
        if (value !== 0) {
          turns.withSignal++;
          tokens.withSignal += length;
        }
        if (!isScored.has(member)) return;
        const cell = (byTurn[turn] ??= { reached: 0, sum: 0 });
        cell.reached++;
        cell.sum += Math.abs(value);
      });
    });
  });
  const groupsWithSignal = Object.values(groups).reduce((sum, { withSignal }) => sum + withSignal, 0);
  return {
    name,
    groups,
    groupsWithSignal,
    deadGroups: advantages.length - groupsWithSignal,
    turnLevelGroups: advantages.filter(({ level }) => level === 'turn').length,
    byTurn: byTurn.map(({ reached, sum }) => ({ reached, meanMagnitude: sum / reached })),
    turnShare: turns.total === 0 ? 0 : turns.withSignal / turns.total,
    tokenShare: tokens.total === 0 ? null : tokens.withSignal / tokens.total,
  };
}
