import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { isDense, type ChartProps } from './plot.js';
import { described, readOff } from './read-off.js';
import { Swatch } from './swatch.js';
import { usePlot } from './use-plot.js';
import { useTheme } from './use-theme.js';

/**
 * A chart that follows its width, its theme and its data, and is drawn once it is near what is in sight. Its numbers are read
 * off by the pointer, or by arrow keys once it has the focus; Enter picks the step.
 */
export function Chart(props: ChartProps): JSX.Element {
  const legend = useRef<HTMLUListElement>(null);
  const caption = useRef<HTMLElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  /** What the arrow keys chose; `null` where the pointer is followed. */
  const chosen = useRef<number | null>(null);
  const theme = useTheme();
  const { title, lines, height = 200 } = props;
  const { place, plot } = usePlot(props, theme, (index) =>
    readOff(props, [legend.current, caption.current], slider.current, chosen.current ?? index),
  );
  const read = (index: number | null): void => {
    chosen.current = index;
    const step = index === null ? undefined : props.x[index];
    const left = step === undefined ? -10 : (plot.current?.valToPos(step, 'x') ?? -10);
    plot.current?.setCursor({ left, top: left < 0 ? -10 : 0 });
  };

  return (
    <figure class="chart">
      <figcaption ref={caption}>
        {title} <output aria-hidden="true" />
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={described(props)}
        style={{ minHeight: `${height}px` }}
        onPointerMove={() => (chosen.current = null)}
      />
      <input
        ref={slider}
        type="range"
        class="reader"
        aria-label={`${title}: step by step`}
        min="0"
        max={Math.max(0, props.x.length - 1)}
        onFocus={({ currentTarget }) => {
          currentTarget.value = String(props.x.length - 1);
          read(Number(currentTarget.value));
        }}
        onInput={({ currentTarget }) => read(Number(currentTarget.value))}
        onBlur={() => read(null)}
        onKeyDown={({ key, currentTarget }) => {
          const step = props.x[Number(currentTarget.value)];
          if (key === 'Enter' && step !== undefined) props.onPick?.(step);
        }}
      />
      <ul class="legend" ref={legend}>
        {lines.map(({ label, colour, filled }, index) => (
          <li key={label}>
            <Swatch index={colour ?? index} theme={theme} filled={filled ?? false} dashed={!isDense(props)} /> {label}{' '}
            <output aria-hidden="true" />
          </li>
        ))}
      </ul>
    </figure>
  );
}
