import type uPlot from 'uplot';
import { colourAt, dashAt, palette } from './palette.js';

/** One line of a chart; `values` beside the chart's `x`, NaN where there is none. */
export interface Line {
  readonly label: string;
  readonly values: readonly number[];
  /** Place in the palette. Default: its place among the lines. */
  readonly colour?: number;
  /** A band around it, such as the range over seeds. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** Fills the area under it, for stacked charts. */
  readonly filled?: boolean;
  /** What is read off it, where that is not what is drawn. Default: `values`. */
  readonly told?: readonly number[];
}

export interface ChartProps {
  readonly title: string;
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  /** Logarithmic vertical axis; values of 0 and below are left out. */
  readonly logarithmic?: boolean;
  readonly share?: boolean;
  readonly height?: number;
  /** Places where something happened. */
  readonly marks?: readonly number[];
  /** Called with the value of `x` that somebody clicked. */
  readonly onPick?: (x: number) => void;
}

/** An upright line at each place. */
export function drawMarks(plot: uPlot, marks: readonly number[]): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  ctx.save();
  ctx.strokeStyle = palette().mark;
  ctx.setLineDash([3, 3]);
  for (const mark of marks) {
    if (mark < min || mark > max) continue;
    const at = Math.round(plot.valToPos(mark, 'x', true));
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

export function dataOf({ x, lines, logarithmic }: ChartProps): uPlot.AlignedData {
  const shown = (values: readonly number[]): (number | null)[] =>
    values.map((value) => (Number.isNaN(value) || (logarithmic === true && value <= 0) ? null : value));
  const columns = lines.flatMap(({ values, band }) =>
    band === undefined ? [shown(values)] : [shown(values), shown(band.high), shown(band.low)],
  );
  return [[...x], ...columns] as uPlot.AlignedData;
}

/** A curve that stays at one value lies in the middle of a small range around it, not at the bottom of 0 to 100. */
function span(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const margin = low === high ? Math.abs(low) / 10 || 0.01 : (high - low) / 12;
  return [low >= 0 && low - margin < 0 ? 0 : low - margin, high + margin];
}

/** Lines of so many points that dashes could not be told apart; to draw them takes most of the time. */
export const isDense = ({ x }: ChartProps): boolean => x.length > 500;

/** The chart library names it by a constant that only its own build can see. */
const logarithmicScale = 3 as unknown as uPlot.Scale.Distr;

export function optionsOf(props: ChartProps, width: number): uPlot.Options {
  const { lines, logarithmic = false, share = false, height = 200, onPick } = props;
  const dense = isDense(props);
  const { ink, grid, colours, fills } = palette();
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  lines.forEach(({ label, band, filled = false, colour }, index) => {
    const stroke = colourAt(colours, colour ?? index);
    series.push({
      label,
      stroke,
      width: dense ? 1 : 1.6,
      dash: filled || dense ? [] : dashAt(colour ?? index),
      spanGaps: true,
      points: { show: false },
      ...(filled ? { fill: colourAt(fills, colour ?? index) } : {}),
    });
    if (band === undefined) return;
    const at = series.length;
    series.push({ label: `${label} high`, stroke: 'transparent', spanGaps: true, points: { show: false } });
    series.push({ label: `${label} low`, stroke: 'transparent', spanGaps: true, points: { show: false } });
    bands.push({ series: [at, at + 1], fill: `${stroke}2e` });
  });
  const axis = {
    stroke: ink,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
    font: '11px system-ui',
  };
  return {
    width,
    height,
    series,
    bands,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: {
      x: { time: false },
      y: logarithmic
        ? { distr: logarithmicScale }
        : share
          ? { range: (_plot, low, high) => [Math.min(0, low), Math.max(1, high)] }
          : { range: (_plot, low, high) => span(low, high) },
    },
    axes: [axis, { ...axis, size: 52 }],
    hooks: {
      ready: [
        (plot) => {
          if (onPick === undefined) return;
          plot.over.addEventListener('click', () => {
            const { idx } = plot.cursor;
            const picked = idx == null ? undefined : plot.data[0][idx];
            if (picked !== undefined) onPick(picked);
          });
        },
      ],
    },
  };
}
