import type { TrajectoryGroup } from '@turnwise/core';
import { figureSvg, svgText } from '../../packages/core/src/figures/figure-svg.js';

const turnWidth = 118;
const rowHeight = 62;
const left = 56;
const top = 64;
const gap = 40;
const positive = '#0072b2';
const negative = '#d55e00';

/** Advantages of one strategy, `[trajectory][turn]`. */
export interface StrategyCredit {
  readonly name: string;
  readonly turns: readonly (readonly number[])[];
}

/**
 * A group drawn once for each strategy, side by side: a row a trajectory, a box a turn with what it did, and under it the
 * turn's advantage as a bar, upwards in blue and downwards in orange. A turn whose search brought gold has a thick frame.
 */
export function creditFigure(
  title: string,
  { question, trajectories }: TrajectoryGroup,
  gold: string,
  strategies: readonly StrategyCredit[],
): string {
  const longest = Math.max(...trajectories.map(({ turns }) => turns.length));
  const panel = longest * turnWidth;
  const width = left + strategies.length * panel + (strategies.length - 1) * gap + 16;
  const height = top + trajectories.length * rowHeight + 16;
  const most = Math.max(1e-9, ...strategies.flatMap(({ turns }) => turns.flat().map(Math.abs)));
  const content = [
    svgText(left, 20, title, 'font-size="13" font-weight="bold"'),
    svgText(left, 36, `${question.text} Gold: ${gold}.`, 'fill="#555"'),
  ];
  strategies.forEach(({ name, turns }, index) => {
    const start = left + index * (panel + gap);
    content.push(svgText(start, top - 8, name, 'font-weight="bold"'));
    trajectories.forEach((trajectory, row) => {
      const y = top + row * rowHeight;
      if (index === 0) content.push(svgText(10, y + 18, `# ${row + 1}`));
      trajectory.turns.forEach(({ action, observation }, turn) => {
        const x = start + turn * turnWidth;
        const found = observation?.text.includes(gold) ?? false;
        const says =
          action.kind === 'answer' ? `answers ${action.text}` : found ? 'search finds gold' : 'search, no gold';
        const right = action.kind === 'answer' && action.text === gold;
        content.push(
          `<rect x="${x}" y="${y}" width="${turnWidth - 8}" height="28" rx="3" fill="${action.kind === 'answer' ? (right ? '#dff0e4' : '#f3f3f3') : '#ffffff'}" stroke="#1a1a1a" stroke-width="${found ? 2.4 : 0.8}"/>`,
          svgText(x + (turnWidth - 8) / 2, y + 18, says, 'text-anchor="middle"'),
          ...bar(x, y + 44, turns[row]?.[turn] ?? 0, most),
        );
      });
    });
  });
  return figureSvg({ width, height, title, description: describe(strategies) }, content);
}

function bar(x: number, middle: number, value: number, most: number): string[] {
  const size = (10 * Math.abs(value)) / most;
  const colour = value > 0 ? positive : negative;
  const text = value === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${Math.abs(value).toFixed(2)}`;
  return [
    `<line x1="${x + 4}" x2="${x + 56}" y1="${middle}" y2="${middle}" stroke="#d9d9d9"/>`,
    ...(value === 0
      ? []
      : [
          `<rect x="${x + 6}" y="${(value > 0 ? middle - size : middle).toFixed(1)}" width="46" height="${size.toFixed(1)}" fill="${colour}"/>`,
        ]),
    svgText(x + turnWidth - 14, middle + 4, text, `text-anchor="end" fill="${value === 0 ? '#777' : colour}"`),
  ];
}

function describe(strategies: readonly StrategyCredit[]): string {
  return strategies
    .map(
      ({ name, turns }) =>
        `${name}: ${turns.map((row, index) => `trajectory ${index + 1}: ${row.map((value) => value.toFixed(2)).join(', ')}`).join('; ')}`,
    )
    .join('. ');
}
