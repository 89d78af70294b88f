import type { JSX } from 'preact';
import { signed } from '../text/numbers.js';

const width = 48;

/** A number of a turn as a bar to the left or the right of a line, beside its name. `most`: the length of a full one. */
export function Bar({
  label,
  value,
  most,
  kind,
}: {
  label: string;
  value: number;
  most: number;
  kind: 'reward' | 'advantage' | 'beside';
}): JSX.Element {
  const half = width / 2;
  const size = value === 0 ? 0 : Math.max(1.5, half * Math.min(1, Math.abs(value) / most));
  const tone = value > 0 ? 'up' : value < 0 ? 'down' : 'faint';
  return (
    <span class={`bar ${kind}`}>
      <span class="label">{label}</span>
      <svg width={width} height="12" aria-hidden="true">
        {size > 0 && <rect x={value > 0 ? half : half - size} width={size} y="2" height="8" class={tone} />}
        <line x1={half} x2={half} y1="0" y2="12" class="axis" />
      </svg>
      <span class={kind === 'reward' ? 'worth' : `number ${tone}`}>{signed(value)}</span>
    </span>
  );
}
