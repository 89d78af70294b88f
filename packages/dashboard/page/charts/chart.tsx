import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
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
}

export interface ChartProps {
  readonly title: string;
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  /** Logarithmic vertical axis; values of 0 and below are left out. */
  readonly logarithmic?: boolean;
  readonly share?: boolean;
  readonly height?: number;
  /** Called with the value of `x` that somebody clicked. */
  readonly onPick?: (x: number) => void;
}

/** A chart that follows its width, its theme and its data. Its numbers stand in a table for those who cannot see it. */
export function Chart(props: ChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [theme, setTheme] = useState(0);
  const { title, lines, logarithmic = false, height = 200 } = props;
  const shape = JSON.stringify([
    title,
    logarithmic,
    height,
    theme,
    lines.map(({ label, band, filled, colour }) => [label, band !== undefined, filled, colour]),
  ]);

  useEffect(() => {
    const changed = (): void => setTheme((now) => now + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('themechange', changed);
    system.addEventListener('change', changed);
    return () => {
      removeEventListener('themechange', changed);
      system.removeEventListener('change', changed);
    };
  }, []);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(props, element.clientWidth), dataOf(props), element);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.x, props.lines]);

  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={described(props)} />
      <ul class="legend">
        {lines.map(({ label, colour }, index) => (
          <li key={label}>
            <Swatch index={colour ?? index} theme={theme} /> {label}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Swatch({ index }: { index: number; theme: number }): JSX.Element {
  const stroke = colourAt(palette().colours, index);
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="22"
        y1="4"
        y2="4"
        stroke={stroke}
        stroke-width="2.5"
        stroke-dasharray={dashAt(index).join(' ')}
      />
    </svg>
  );
}

/** The last number of each line, for readers who hear the page. */
function described({ title, lines, x }: ChartProps): string {
  const last = lines.map(({ label, values }) => {
    const value = values.findLast((each) => !Number.isNaN(each));
    return `${label} ${value === undefined ? 'has no values' : `ends at ${Number(value.toPrecision(4))}`}`;
  });
  return `${title}, to step ${x.at(-1) ?? 0}: ${last.join('; ')}`;
}

function dataOf({ x, lines, logarithmic }: ChartProps): uPlot.AlignedData {
  const shown = (values: readonly number[]): (number | null)[] =>
    values.map((value) => (Number.isNaN(value) || (logarithmic === true && value <= 0) ? null : value));
  const columns = lines.flatMap(({ values, band }) =>
    band === undefined ? [shown(values)] : [shown(values), shown(band.high), shown(band.low)],
  );
  return [[...x], ...columns] as uPlot.AlignedData;
}

/** The chart library names it by a constant that only its own build can see. */
const logarithmicScale = 3 as unknown as uPlot.Scale.Distr;

function optionsOf(props: ChartProps, width: number): uPlot.Options {
  const { lines, logarithmic = false, share = false, height = 200, onPick } = props;
  const { ink, grid, colours, fills } = palette();
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  lines.forEach(({ label, band, filled = false, colour }, index) => {
    const stroke = colourAt(colours, colour ?? index);
    series.push({
      label,
      stroke,
      width: 1.6,
      dash: dashAt(colour ?? index),
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
    width: Math.max(120, width),
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
          : {},
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
