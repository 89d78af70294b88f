import { escapeHtml } from '../page/escape-html.js';
import type { Scale } from './scale.js';

export const ink = '#1a1a1a';
const faint = '#d9d9d9';

/**
 * A figure as SVG that stands alone: white ground, no script, no style sheet, no font of its own, its title and
 * description for readers who do not see it.
 */
export function figureSvg(
  { width, height, title, description }: { width: number; height: number; title: string; description: string },
  content: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="${ink}">`,
    `<title>${escapeHtml(title)}</title>`,
    `<desc>${escapeHtml(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

/** A text; its content is escaped here. */
export function svgText(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes === '' ? '' : ` ${attributes}`}>${escapeHtml(text)}</text>`;
}

/** Left axis with grid lines across, its label along it. */
export function verticalAxis(
  scale: Scale,
  left: number,
  right: number,
  label: string,
  say: (value: number) => string,
): string {
  const middle = (scale.from + scale.to) / 2;
  const ticks = scale.ticks.map((tick) => {
    const y = scale.at(tick).toFixed(1);
    return `<line x1="${left}" x2="${right}" y1="${y}" y2="${y}" stroke="${faint}" stroke-width="0.7"/>${svgText(left - 6, scale.at(tick) + 3.5, say(tick), 'text-anchor="end"')}`;
  });
  const x = left - 38;
  return [
    ...ticks,
    svgText(x, middle, label, `text-anchor="middle" transform="rotate(-90 ${x.toFixed(1)} ${middle.toFixed(1)})"`),
  ].join('\n');
}

/** Bottom axis; `grid`: the height to which its lines reach up, or none. */
export function horizontalAxis(
  scale: Scale,
  bottom: number,
  label: string,
  say: (value: number) => string,
  grid: number | null = null,
): string {
  const ticks = scale.ticks.map((tick) => {
    const x = scale.at(tick).toFixed(1);
    const line = grid ?? bottom + 4;
    const stroke = grid === null ? ink : faint;
    return `<line x1="${x}" x2="${x}" y1="${bottom}" y2="${line}" stroke="${stroke}" stroke-width="0.7"/>${svgText(scale.at(tick), bottom + 16, say(tick), 'text-anchor="middle"')}`;
  });
  const middle = (scale.from + scale.to) / 2;
  const axis = `<line x1="${scale.from.toFixed(1)}" x2="${scale.to.toFixed(1)}" y1="${bottom}" y2="${bottom}" stroke="${ink}" stroke-width="1"/>`;
  return [...ticks, axis, svgText(middle, bottom + 33, label, 'text-anchor="middle"')].join('\n');
}

/** A share as a percentage without its sign. */
export function inPercent(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return String(Number((100 * value).toFixed(1)));
}
