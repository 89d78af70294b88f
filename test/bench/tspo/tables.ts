import type { AgainstBaseline, Pace } from './against-baseline.js';
import type { CreditSpread } from './credit-spread.js';
import type { SearchAndRead } from './search-and-read.js';

/** What `npm run bench -- tspo` found, as far as its tables show it. */
export interface Findings {
  readonly baseline: string;
  readonly against: readonly AgainstBaseline[];
  readonly pace: readonly Pace[];
  readonly conversion: readonly {
    readonly strategy: string;
    readonly nearMissed: readonly number[];
    readonly missed: readonly number[];
    readonly solvedLater: { readonly nearMissed: number; readonly missed: number };
    readonly againstBaseline: {
      readonly difference: number;
      readonly differences: readonly number[];
      readonly p: number;
    };
    readonly holm: number | null;
  }[];
  readonly credit: readonly ({ readonly strategy: string } & CreditSpread)[];
  readonly thirds: readonly { readonly strategy: string; readonly thirds: readonly SearchAndRead[] }[];
}

/** The findings as Markdown tables. Percent and points, but for p and steps. */
export function tables(findings: Findings): string {
  return [pace(findings), searching(findings), credit(findings), conversion(findings)].join('\n\n');
}

function pace({ baseline, against, pace: rows }: Findings): string {
  const of = (strategy: string, measure: AgainstBaseline['measure']): AgainstBaseline | undefined =>
    against.find((one) => one.strategy === strategy && one.measure === measure);
  const thresholds = Object.keys(rows[0]?.stepsTo ?? {});
  return table(
    [
      'strategy',
      "curve's mean height (sd)",
      `against ${baseline}`,
      'relative',
      'seeds ahead',
      'p (Holm)',
      'last point (sd)',
      `against ${baseline}`,
      'relative',
      `median steps to ${thresholds.map((level) => `${percent(Number(level), 0)}%`).join(' / ')}`,
    ],
    rows.map(({ strategy, curveHeight, exactMatch, deviation, stepsTo }) => {
      const height = of(strategy, 'curveHeight');
      const last = of(strategy, 'exactMatch');
      return [
        `\`${strategy}\``,
        `${percent(mean(curveHeight))} (${percent(deviation.curveHeight)})`,
        height === undefined
          ? ''
          : `${signed(height.difference)} [${signed(height.interval.low)}, ${signed(height.interval.high)}]`,
        height === undefined ? '' : `${signed(height.relative, 0)}%`,
        height === undefined ? '' : `${height.seedsAhead} of ${height.seeds.length}`,
        height === undefined ? '' : `${height.p.toFixed(3)} (${height.holm.toFixed(3)})`,
        `${percent(mean(exactMatch))} (${percent(deviation.exactMatch)})`,
        last === undefined
          ? ''
          : `${signed(last.difference)} [${signed(last.interval.low)}, ${signed(last.interval.high)}]`,
        last === undefined ? '' : `${signed(last.relative, 0)}%`,
        thresholds.map((level) => median(stepsTo[level] ?? [])).join(' / '),
      ];
    }),
  );
}

function searching({ thirds }: Findings): string {
  const course = (rows: readonly SearchAndRead[], key: keyof SearchAndRead): string =>
    rows.map((row) => percent(row[key], 0)).join(' / ');
  return table(
    [
      'strategy',
      'right',
      'saw gold',
      'right, of those that saw gold',
      'unanswered',
      'groups all wrong',
      'all wrong, answered near-miss',
    ],
    thirds.map(({ strategy, thirds: rows }) => [
      `\`${strategy}\``,
      course(rows, 'right'),
      course(rows, 'sawGold'),
      course(rows, 'rightGivenGold'),
      course(rows, 'unanswered'),
      course(rows, 'allWrong'),
      course(rows, 'allWrongAnsweredNearMiss'),
    ]),
  );
}

function credit({ credit: rows }: Findings): string {
  return table(
    [
      'strategy',
      'trajectories with one advantage throughout',
      'dead groups',
      'mean square',
      'between groups',
      'between trajectories',
      'between turns',
    ],
    rows.map(({ strategy, uniformTrajectories, deadGroups, meanSquare, shares }) => [
      `\`${strategy}\``,
      percent(uniformTrajectories, 0),
      percent(deadGroups, 0),
      meanSquare.toFixed(2),
      percent(shares.group, 0),
      percent(shares.trajectory, 0),
      percent(shares.turn, 0),
    ]),
  );
}

function conversion({ baseline, conversion: rows }: Findings): string {
  return table(
    [
      'strategy',
      'near-missed at first',
      'right later',
      'missed at first',
      'right later',
      `near-missed, against ${baseline}`,
      'p (Holm)',
    ],
    rows.map(({ strategy, nearMissed, missed, solvedLater, againstBaseline, holm }) => [
      `\`${strategy}\``,
      String(sum(nearMissed)),
      percent(solvedLater.nearMissed),
      String(sum(missed)),
      percent(solvedLater.missed),
      againstBaseline.differences.length === 0 ? '' : signed(againstBaseline.difference),
      holm === null ? '' : `${againstBaseline.p.toFixed(3)} (${holm.toFixed(3)})`,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Those that never reach it count as later than any step. */
function median(steps: readonly (number | null)[]): string {
  const sorted = steps.map((step) => step ?? Number.POSITIVE_INFINITY).sort((left, right) => left - right);
  const middle = sorted.length / 2;
  const value = ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
  return Number.isFinite(value) ? String(value) : 'not';
}

function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}

function signed(share: number, digits = 1): string {
  return `${share < 0 ? '' : '+'}${percent(share, digits)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
