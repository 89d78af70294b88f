import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { dataOf, drawMarks, isDense, optionsOf, type ChartProps } from './plot.js';
import { whenNear } from './when-near.js';

/**
 * A plot in an element, drawn once it is near what is in sight. It follows its width and its data, and is made anew when
 * its lines or colours are others.
 *
 * @param onCursor told the index of `x` that the cursor is at; `null` for none
 */
export function usePlot(
  props: ChartProps,
  theme: number,
  onCursor: (index: number | null) => void,
): { place: RefObject<HTMLDivElement | null>; plot: RefObject<uPlot | null> } {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const near = useRef(false);
  const draw = useRef<() => void>(() => undefined);
  const latest = useRef({ props, onCursor });
  latest.current = { props, onCursor };

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const watcher = new ResizeObserver(() => {
      // It also tells of the width the chart was made with.
      const width = widthOf(element);
      const { height = 200 } = latest.current.props;
      if (plot.current !== null && width !== plot.current.width) plot.current.setSize({ width, height });
    });
    let drawn: ChartProps | null = null;
    draw.current = () => {
      const now = latest.current.props;
      if (plot.current === null) {
        const options = optionsOf(now, widthOf(element));
        options.hooks = {
          ...options.hooks,
          setCursor: [({ cursor }) => latest.current.onCursor(cursor.idx ?? null)],
          drawAxes: [(made) => drawMarks(made, latest.current.props.marks ?? [])],
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
  }, [shapeOf(props, theme)]);
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
  return { place, plot };
}

/** What a plot cannot change once it is made. */
function shapeOf(props: ChartProps, theme: number): string {
  const { title, lines, logarithmic = false, height = 200 } = props;
  const looks = lines.map(({ label, band, filled, colour }) => [label, band !== undefined, filled, colour]);
  return JSON.stringify([title, logarithmic, height, theme, isDense(props), looks]);
}

const widthOf = (element: Element): number => Math.max(120, element.clientWidth);
