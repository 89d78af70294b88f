import type { JSX } from 'preact';
import { colourAt, dashAt, palette } from './palette.js';

/** How a line is drawn, beside its name. */
export function Swatch({
  index,
  filled,
  dashed,
}: {
  index: number;
  theme: number;
  filled: boolean;
  dashed: boolean;
}): JSX.Element {
  const { colours, fills } = palette();
  const stroke = colourAt(colours, index);
  if (filled) {
    return (
      <svg width="22" height="11" aria-hidden="true">
        <rect width="22" height="11" fill={colourAt(fills, index)} />
        <line x1="0" x2="22" y1="1" y2="1" stroke={stroke} stroke-width="2" />
      </svg>
    );
  }
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="22"
        y1="4"
        y2="4"
        stroke={stroke}
        stroke-width="2.5"
        stroke-dasharray={dashed ? dashAt(index).join(' ') : undefined}
      />
    </svg>
  );
}
