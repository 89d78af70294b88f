import { excerpt } from '../text/index.js';
import { compositions, type CreditComparison } from './compare-credit.js';
import { signed } from './explanation-text.js';

/** A comparison for a terminal. */
export function comparisonText(comparison: CreditComparison): string {
  const { groups, trajectories, turns, tokens, strategies, pairs, oppositeTurns, examples } = comparison;
  const names = strategies.map(({ name }) => name);
  const row = (title: string, cell: (strategy: (typeof strategies)[number]) => string): string[] => [
    title,
    ...strategies.map(cell),
  ];
  const horizon = Math.max(0, ...strategies.map(({ byTurn }) => byTurn.length));
  const signal = [
    ['', ...names],
    ...compositions.map((name) => row(`${name} groups with signal`, ({ groups: of }) => outOf(of[name]))),
    row('groups with signal', ({ groupsWithSignal }) => outOf({ withSignal: groupsWithSignal, total: groups })),
    row('dead groups', ({ deadGroups }) => String(deadGroups)),
    row('groups compared turn by turn', ({ turnLevelGroups }) => String(turnLevelGroups)),
    row('turns with signal', ({ turnShare }) => percentage(turnShare)),
    row('tokens with signal', ({ tokenShare }) => (tokenShare === null ? 'no tokens' : percentage(tokenShare))),
    ...Array.from({ length: horizon }, (_, turn) =>
      row(`mean |advantage|, turn ${turn}`, ({ byTurn }) => byTurn[turn]?.meanMagnitude.toFixed(4) ?? ''),
    ),
  ];
  const agreement = [
    ['turns', 'same sign', 'opposite', 'first only', 'second only'],
    ...pairs.map(({ names: [first, second], same, opposite, onlyFirst, onlySecond }) => [
      `${first} and ${second}`,
      ...[same, opposite, onlyFirst, onlySecond].map(String),
    ]),
  ];
  const shown = examples.flatMap(({ question, trajectory, turn, action, text, advantages }) => [
    `${excerpt(question, 40)}, trajectory ${excerpt(trajectory, 60)}, turn ${turn}: ${excerpt(action, 90)}`,
    `  ${names.map((name) => `${name} ${signed(advantages[name] ?? 0)}`).join('   ')}`,
    `  ${excerpt(text, 110)}`,
  ]);
  const size = `${groups} groups, ${trajectories} trajectories, ${turns} turns, ${tokens === 0 ? 'no' : tokens} tokens`;
  return [
    size,
    '',
    ...aligned(signal),
    '',
    ...(pairs.length === 0 ? [] : [...aligned(agreement), '']),
    `${oppositeTurns} of ${turns} turns get opposite signs`,
    ...(shown.length === 0 ? [] : ['', 'seen most differently:', ...shown]),
  ].join('\n');
}

function outOf({ withSignal, total }: { readonly withSignal: number; readonly total: number }): string {
  return `${withSignal} of ${total}`;
}

/** A share in [0, 1] as `12.3%`. */
export function percentage(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
}
