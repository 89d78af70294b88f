import { escapeHtml } from './escape-html.js';

/** A part of a bar. `tone` is a class of the page's style sheet. */
export interface BarPart {
  readonly tone: 'signal' | 'second' | 'quiet' | 'against';
  /** In [0, 1] of the whole bar. */
  readonly share: number;
}

const width = 160;
const height = 10;

/** A horizontal bar of parts laid end to end; the label is read out instead of it. */
export function stackedBar(parts: readonly BarPart[], label: string): string {
  let start = 0;
  const rectangles = parts.map(({ tone, share }) => {
    const rectangle = rectangleOf(tone, start, share * width);
    start += share * width;
    return rectangle;
  });
  return svg([rectangleOf('quiet', 0, width), ...rectangles], label);
}

/** A bar to the right of the middle for positive values, to the left for negative ones; `most` fills a half. */
export function divergingBar(value: number, most: number, label: string): string {
  const length = most === 0 ? 0 : (Math.abs(value) / most) * (width / 2);
  const start = value < 0 ? width / 2 - length : width / 2;
  const middle = `<line class="axis" x1="${width / 2}" y1="0" x2="${width / 2}" y2="${height}"/>`;
  return svg([rectangleOf(value < 0 ? 'against' : 'signal', start, length), middle], label);
}

function rectangleOf(tone: string, x: number, length: number): string {
  return `<rect class="${tone}" x="${x.toFixed(2)}" y="0" width="${length.toFixed(2)}" height="${height}"/>`;
}

function svg(content: readonly string[], label: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg ${size} role="img" aria-label="${escapeHtml(label)}">${content.join('')}</svg>`;
}
