import type { Interval } from '../statistics/index.js';
import { figureSvg, horizontalAxis, ink, inPercent, svgText } from './figure-svg.js';
import { linearScale } from './scale.js';
import { markerAt, seriesStyle } from './series-style.js';

/** A row of a figure: what was measured, with its interval and the runs it is the mean of. */
interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly interval?: Interval | undefined;
  /** The single runs, drawn as small rings. */
  readonly values?: readonly number[];
  /** Text at the right end of the row. */
  readonly note?: string;
  /** Style of the marker. Default: that of the row. */
  readonly style?: number;
}

export interface IntervalFigure {
  readonly title: string;
  readonly xLabel: string;
  readonly rows: readonly IntervalRow[];
  /** The range that the axis covers at least. */
  readonly range?: readonly [number, number];
  /** Where a vertical line is drawn, e.g. 0 for differences. */
  readonly reference?: number;
}

const width = 560;

/** A point with its interval in each row, shares shown in percent. */
export function intervalFigure({ title, xLabel, rows, range, reference }: IntervalFigure): string {
  const longest = Math.max(0, ...rows.map(({ name }) => Array.from(name).length));
  const left = Math.min(260, 24 + 6.4 * longest);
  const noted = Math.max(0, ...rows.map(({ note = '' }) => note.length));
  const right = width - (noted === 0 ? 20 : 24 + 6.2 * noted);
  const [top, step] = [30, 22];
  const bottom = top + step * rows.length + 4;
  const values = rows.flatMap(({ value, interval, values: own = [] }) => [
    value,
    ...own,
    ...(interval === undefined ? [] : [interval.low, interval.high]),
  ]);
  const all = [...values, ...(range ?? []), ...(reference === undefined ? [] : [reference])].filter(Number.isFinite);
  const scale =
    all.length === 0 ? linearScale(0, 1, left, right) : linearScale(Math.min(...all), Math.max(...all), left, right);
  const marks = rows.map(({ name, value, interval, values: own = [], note, style = -1 }, index) => {
    const y = top + step * index + step / 2;
    const { colour, ...rest } = seriesStyle(style === -1 ? index : style);
    const drawn = Number.isFinite(value);
    const rings = own.filter(Number.isFinite).map((one) => {
      return `<circle cx="${scale.at(one).toFixed(1)}" cy="${(y + 6).toFixed(1)}" r="1.8" fill="none" stroke="${ink}" stroke-width="0.6"/>`;
    });
    const whisker =
      interval === undefined || !Number.isFinite(interval.low)
        ? ''
        : `<path d="M${scale.at(interval.low).toFixed(1)},${y}H${scale.at(interval.high).toFixed(1)}M${scale.at(interval.low).toFixed(1)},${y - 4}v8M${scale.at(interval.high).toFixed(1)},${y - 4}v8" stroke="${colour}" stroke-width="1.3" fill="none"/>`;
    return [
      svgText(left - 10, y + 3.5, name, 'text-anchor="end"'),
      whisker,
      drawn ? markerAt({ colour, ...rest }, scale.at(value), y, 3.4) : svgText(left + 4, y + 3.5, 'nothing to measure'),
      ...rings,
      ...(note === undefined ? [] : [svgText(right + 10, y + 3.5, note)]),
    ].join('');
  });
  const line =
    reference === undefined
      ? ''
      : `<line x1="${scale.at(reference).toFixed(1)}" x2="${scale.at(reference).toFixed(1)}" y1="${top}" y2="${bottom}" stroke="${ink}" stroke-width="0.9" stroke-dasharray="3 2"/>`;
  const height = bottom + 44;
  const said = rows.map(({ name, value }) => `${name} ${inPercent(value)}`).join('; ');
  return figureSvg({ width, height, title, description: `${xLabel}: ${said}.` }, [
    svgText(14, 16, title, 'font-size="12" font-weight="bold"'),
    horizontalAxis(scale, bottom, xLabel, inPercent, top),
    line,
    ...marks,
  ]);
}
