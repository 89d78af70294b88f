import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A long list of which only what is in sight is in the page. Every row is `rowHeight` pixels high. */
export function VirtualList<Row>({
  rows,
  rowHeight,
  height,
  label,
  children,
}: {
  rows: readonly Row[];
  rowHeight: number;
  height: number;
  label: string;
  children: (row: Row, index: number) => ComponentChildren;
}): JSX.Element {
  const view = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => {
    // A list that became shorter is scrolled back to what there is.
    if (view.current !== null) setTop(view.current.scrollTop);
  }, [rows.length]);
  const first = Math.max(0, Math.floor(top / rowHeight) - 4);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + 4);
  return (
    <div
      ref={view}
      class="virtual"
      role="list"
      tabIndex={0}
      aria-label={`${label}, ${rows.length}`}
      style={{ height: `${Math.min(height, rows.length * rowHeight + 2)}px` }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div style={{ height: `${first * rowHeight}px` }} />
      {rows.slice(first, last).map((row, index) => (
        <div
          role="listitem"
          key={first + index}
          aria-setsize={rows.length}
          aria-posinset={first + index + 1}
          style={{ height: `${rowHeight}px` }}
        >
          {children(row, first + index)}
        </div>
      ))}
      <div style={{ height: `${Math.max(0, rows.length - last) * rowHeight}px` }} />
    </div>
  );
}
