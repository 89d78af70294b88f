import { describeStandardize, discountedReturns, shortNumber } from '@turnwise/core';
import type { Ragged } from './compare-turns.js';
import type { TspoOptions } from './options.js';

/**
 * The arithmetic of `compareTurns`, `[scored member][turn]`, notes after a semicolon. `fallback` describes the
 * trajectory advantages.
 */
export function describeTurns(rewards: Ragged, fallback: readonly string[], options: TspoOptions): string[][] {
  const compared =
    options.return === 'reward-to-go' ? rewards.map((turns) => discountedReturns(turns, options.gamma)) : rewards;
  const described =
    options.statistics === 'pooled-turns'
      ? describePooled(compared, options)
      : describeCells(compared, fallback, options);
  if (options.return === 'immediate') return described;
  const discount = options.gamma === 1 ? '' : `, discounted by ${shortNumber(options.gamma)} a turn`;
  return described.map((row) =>
    row.map((text, turn) => {
      if (options.return === 'reward-to-go') return `${text}; rewards from turn ${turn} on${discount}`;
      return `${text}; to this the later turns are added${discount}`;
    }),
  );
}

function describeCells(rewards: Ragged, fallback: readonly string[], options: TspoOptions): string[][] {
  const horizon = Math.max(0, ...rewards.map((turns) => turns.length));
  const described = rewards.map((turns) => turns.map(() => ''));
  for (let turn = 0; turn < horizon; turn++) {
    const present = rewards.flatMap((turns, member) =>
      options.statistics === 'pad-zero' || turn < turns.length ? [member] : [],
    );
    const cell = present.map((member) => rewards[member]?.[turn] ?? 0);
    const texts =
      present.length === 1
        ? [describeLone(cell[0] ?? 0, fallback[present[0] ?? 0] ?? '', options)]
        : describeStandardize(cell, options).map((text) => atTurn(text, turn, present.length));
    present.forEach((member, position) => {
      const row = described[member];
      if (row && turn < row.length) row[turn] = texts[position] ?? '';
    });
  }
  return described;
}

/** A zero says how many values are equal itself. */
function atTurn(text: string, turn: number, members: number): string {
  return text.startsWith('0:') ? `${text} at turn ${turn}` : `${text}; ${members} members at turn ${turn}`;
}

function describePooled(rewards: Ragged, options: TspoOptions): string[][] {
  const texts = describeStandardize(rewards.flat(), options);
  let next = 0;
  return rewards.map((turns) => turns.map(() => texts[next++] ?? ''));
}

function describeLone(reward: number, fallback: string, { loneCell }: TspoOptions): string {
  if (loneCell === 'zero') return '0: nobody else reached this turn (loneCell: zero)';
  const rule = `nobody else reached this turn (loneCell: ${loneCell})`;
  return loneCell === 'raw' ? `${shortNumber(reward)}; ${rule}` : `${fallback}; ${rule}`;
}
