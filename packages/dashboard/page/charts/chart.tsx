import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { dataOf, drawMarks, isDense, optionsOf, type ChartProps } from './plot.js';
import { described, readOff } from './read-off.js';
import { Swatch } from './swatch.js';
import { whenNear } from './when-near.js';

/**
 * A chart that follows its width, its theme and its data, and is drawn once it is near what is in sight. Its numbers are read
 * off by the pointer, or by arrow keys once it has the focus; Enter picks the step.
 */
export function Chart(props: ChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const legend = useRef<HTMLUListElement>(null);
  const caption = useRef<HTMLElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  /** What the arrow keys chose; `null` where the pointer is followed. */
  const chosen = useRef<number | null>(null);
  const near = useRef(false);
  const draw = useRef<() => void>(() => undefined);
  const latest = useRef(props);
  latest.current = props;
  const [theme, setTheme] = useState(0);
  const { title, lines, logarithmic = false, height = 200 } = props;
  const shape = JSON.stringify([
    title,
    logarithmic,
    height,
    theme,
    isDense(props),
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
    const watcher = new ResizeObserver(() => {
      // It also tells of the width the chart was made with.
      const width = widthOf(element);
      if (plot.current !== null && width !== plot.current.width) plot.current.setSize({ width, height });
    });
    let drawn: ChartProps | null = null;
    draw.current = () => {
      const now = latest.current;
      if (plot.current === null) {
        const options = optionsOf(now, widthOf(element));
        options.hooks = {
          ...options.hooks,
          setCursor: [
            ({ cursor }) =>
              readOff(
                latest.current,
                [legend.current, caption.current],
                slider.current,
                chosen.current ?? cursor.idx ?? null,
              ),
          ],
          drawAxes: [(made) => drawMarks(made, latest.current.marks ?? [])],
        };
        plot.current = new uPlot(options, dataOf(now), element);
        watcher.observe(element);
      } else if (drawn?.x !== now.x || drawn.lines !== now.lines || drawn.marks !== now.marks) {
        plot.current.setData(dataOf(now));
      }
      drawn = now;
    };
    if (near.current) draw.current();
    return () => {
      watcher.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => {
    if (near.current) draw.current();
  }, [props.x, props.lines, props.marks]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    return whenNear(element, (now) => {
      near.current = now;
      if (now) draw.current();
    });
  }, []);
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

const widthOf = (element: Element): number => Math.max(120, element.clientWidth);
