import { figureSvg, horizontalAxis, ink, inPercent, svgText, verticalAxis } from './figure-svg.js';
import { linearScale } from './scale.js';
import { markerAt, seriesStyle } from './series-style.js';

/** A line of a figure with the band around it. Values that are not finite leave a gap. */
export interface FigureLine {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Lower and upper edge of the band. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface LineFigure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly FigureLine[];
  /** Whether values are shares, which are shown in percent. */
  readonly percent?: boolean;
  /** A level that is drawn across the figure, with its name. */
  readonly level?: { readonly value: number; readonly name: string };
}

const [width, height] = [560, 320];

/** Lines over training, each with its band, named at the right in the order of their ends. */
export function lineFigure(figure: LineFigure): string {
  const { title, xLabel, yLabel, lines, percent = false, level } = figure;
  const left = 56;
  const longest = Math.max(0, ...lines.map(({ name }) => Array.from(name).length));
  const right = width - Math.min(220, 48 + 6.8 * longest);
  const [top, bottom] = [28, height - 44];
  const all = lines.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]).filter(Number.isFinite);
  const ys = [...all, ...(level === undefined ? [] : [level.value])];
  const xs = lines.flatMap(({ x }) => x);
  const scaleX = linearScale(least(xs, 0), most(xs, 1), left, right, true);
  const scaleY = linearScale(least(ys, 0), most(ys, 1), bottom, top);
  const say = percent ? inPercent : (value: number): string => String(Number(value.toPrecision(4)));
  const point = (x: number, y: number): string => `${scaleX.at(x).toFixed(1)},${scaleY.at(y).toFixed(1)}`;
  const bands = lines.map(({ x, low, high }, index) => {
    if (low === undefined || high === undefined) return '';
    const pieces = unbroken(x, (at) => Number.isFinite(low[at]) && Number.isFinite(high[at])).map((kept) => {
      const upper = kept.map((at) => point(x[at] as number, high[at] as number));
      const lower = kept.map((at) => point(x[at] as number, low[at] as number)).reverse();
      return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${seriesStyle(index).colour}" fill-opacity="0.13"/>`;
    });
    return pieces.join('');
  });
  const strokes = lines.map(({ x, y }, index) => {
    const style = seriesStyle(index);
    const pieces = unbroken(x, (at) => Number.isFinite(y[at]));
    const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
    const paths = pieces.map((kept) => {
      const path = kept.map((at) => point(x[at] as number, y[at] as number)).join(' ');
      return `<polyline points="${path}" fill="none" stroke="${style.colour}" stroke-width="1.6" stroke-linejoin="round"${dash}/>`;
    });
    // Markers tell lines apart without colour; more than a dozen would hide them. A point alone is nothing but its marker.
    const points = pieces.flatMap((kept) => kept.map((at) => ({ at, alone: kept.length === 1 })));
    const every = Math.max(1, Math.ceil(points.length / 12));
    const markers = points
      .filter(({ alone }, place) => alone || (place + index) % every === 0)
      .map(({ at }) => markerAt(style, scaleX.at(x[at] as number), scaleY.at(y[at] as number)));
    return [...paths, ...markers].join('');
  });
  return figureSvg({ width, height, title, description: description(figure, say) }, [
    svgText(left, 16, title, 'font-size="12" font-weight="bold"'),
    verticalAxis(scaleY, left, right, yLabel, say),
    horizontalAxis(scaleX, bottom, xLabel, String),
    ...(level === undefined ? [] : [levelLine(level, scaleY.at(level.value), left, right)]),
    ...bands,
    ...strokes,
    ...legend(lines, right + 12, top),
  ]);
}

function levelLine({ name }: { name: string }, y: number, left: number, right: number): string {
  return `<line x1="${left}" x2="${right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="${ink}" stroke-width="0.8" stroke-dasharray="1 3"/>${svgText(right - 2, y - 4, name, 'text-anchor="end" font-size="10"')}`;
}

/** Names beside a piece of their line, those that end highest first. */
function legend(lines: readonly FigureLine[], x: number, top: number): string[] {
  const ends = lines.map((line, index) => ({ line, index, end: line.y.findLast(Number.isFinite) ?? -Infinity }));
  ends.sort((a, b) => b.end - a.end || a.index - b.index);
  return ends.map(({ line, index }, row) => {
    const style = seriesStyle(index);
    const y = top + 8 + row * 16;
    const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
    return `<line x1="${x}" x2="${x + 22}" y1="${y}" y2="${y}" stroke="${style.colour}" stroke-width="1.6"${dash}/>${markerAt(style, x + 11, y)}${svgText(x + 27, y + 3.5, line.name)}`;
  });
}

function description({ lines, yLabel }: LineFigure, say: (value: number) => string): string {
  const ends = lines.map(({ name, y }) => {
    const last = y.findLast(Number.isFinite);
    return last === undefined ? `${name} has no values` : `${name} ends at ${say(last)}`;
  });
  return `${yLabel}: ${ends.join('; ')}.`;
}

/** Places in a row that hold something, cut where one does not. */
function unbroken(row: readonly unknown[], holds: (at: number) => boolean): number[][] {
  const pieces: number[][] = [];
  row.forEach((_, at) => {
    if (!holds(at)) return;
    const last = pieces.at(-1);
    if (last?.at(-1) === at - 1) last.push(at);
    else pieces.push([at]);
  });
  return pieces;
}

function least(values: readonly number[], fallback: number): number {
  return values.reduce((low, value) => Math.min(low, value), values[0] ?? fallback);
}

function most(values: readonly number[], fallback: number): number {
  return values.reduce((high, value) => Math.max(high, value), values[0] ?? fallback);
}
