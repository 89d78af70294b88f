import type { FinishedRun } from './summarise.js';

const colours = ['#2563eb', '#9333ea', '#ea580c', '#059669', '#db2777', '#525252'];
const width = 720;
const height = 360;
const margin = { left: 56, right: 150, top: 36, bottom: 44 };

/**
 * Held-out exact match over training steps: the mean over seeds as a line, the range over seeds as a band.
 * A plain SVG string without scripts or fonts, readable on light and dark pages.
 */
export function curvesFigure(title: string, strategies: readonly string[], runs: readonly FinishedRun[]): string {
  const series = strategies.flatMap((strategy, index) => {
    const own = runs.filter((run) => run.strategy === strategy);
    return own.length === 0 ? [] : [{ strategy, colour: colours[index % colours.length] as string, points: band(own) }];
  });
  const lastStep = Math.max(1, ...series.flatMap(({ points }) => points.map((point) => point.step)));
  const x = (step: number): number => margin.left + (step / lastStep) * (width - margin.left - margin.right);
  const y = (value: number): number => height - margin.bottom - value * (height - margin.top - margin.bottom);
  const at = (step: number, value: number): string => `${x(step).toFixed(1)},${y(value).toFixed(1)}`;
  const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (value) =>
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(value)}" y2="${y(value)}" stroke="#d4d4d4"/>` +
      `<text x="${margin.left - 8}" y="${y(value) + 4}" text-anchor="end">${Math.round(value * 100)}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const step = Math.round(part * lastStep);
    return `<text x="${x(step)}" y="${height - margin.bottom + 18}" text-anchor="middle">${step}</text>`;
  });
  const curves = series.map(({ colour, points }) => {
    const upper = points.map((point) => at(point.step, point.max));
    const lower = [...points].reverse().map((point) => at(point.step, point.min));
    const line = points.map((point) => at(point.step, point.mean));
    return (
      `<polygon points="${[...upper, ...lower].join(' ')}" fill="${colour}" opacity="0.15"/>` +
      `<polyline points="${line.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"/>`
    );
  });
  const legend = series.map(
    ({ strategy, colour, points }, row) =>
      `<rect x="${width - margin.right + 12}" y="${margin.top + row * 22}" width="12" height="12" fill="${colour}"/>` +
      `<text x="${width - margin.right + 30}" y="${margin.top + row * 22 + 10}">${strategy} ${Math.round((points.at(-1)?.mean ?? 0) * 100)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#404040">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${margin.left}" y="20" font-size="14" font-weight="600">Held-out exact match (%), ${title}: mean and range over seeds</text>`,
    ...grid,
    ...ticks,
    `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">training step</text>`,
    ...curves,
    ...legend,
    '</svg>\n',
  ].join('\n');
}

function band(runs: readonly FinishedRun[]): { step: number; mean: number; min: number; max: number }[] {
  const values = new Map<number, number[]>();
  for (const row of runs.flatMap((run) => run.metrics)) {
    const value = row['eval/exact-match'];
    if (value === undefined) continue;
    const step = row['step'] as number;
    values.set(step, [...(values.get(step) ?? []), value]);
  }
  return [...values]
    .sort(([left], [right]) => left - right)
    .map(([step, own]) => ({
      step,
      mean: own.reduce((sum, value) => sum + value, 0) / own.length,
      min: Math.min(...own),
      max: Math.max(...own),
    }));
}
