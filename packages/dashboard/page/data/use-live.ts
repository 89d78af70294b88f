import type { RunChange } from '@turnwise/server';
import { useEffect, useState } from 'preact/hooks';
import type { Source } from './source.js';

/** What is known of the runs as they go on. */
export interface Live {
  /** Rows of metrics of each run. */
  readonly rows: ReadonlyMap<string, number>;
  /** Goes up whenever anything changed. */
  readonly changes: number;
  readonly connected: boolean;
}

export function useLive(source: Source): Live {
  const [live, setLive] = useState<Live>({ rows: new Map(), changes: 0, connected: true });
  useEffect(() => {
    const offline = (): void => setLive((now) => ({ ...now, connected: navigator.onLine }));
    addEventListener('offline', offline);
    const stop = source.watch((changed: readonly RunChange[], gone: readonly string[]) =>
      setLive(({ rows, changes }) => {
        const next = new Map(rows);
        for (const { name, rows: count } of changed) next.set(name, count);
        for (const name of gone) next.delete(name);
        return { rows: next, changes: changes + 1, connected: true };
      }),
    );
    return () => {
      removeEventListener('offline', offline);
      stop();
    };
  }, [source]);
  return live;
}
