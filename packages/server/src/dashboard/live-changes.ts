import type { RunViews } from './run-views.js';
import type { RunChange } from './views.js';

/** How often the folder is looked at while somebody watches. File notifications miss network drives; a look never does. */
const pauseMilliseconds = 1000;

/** A line that keeps the connection from looking dead. */
const heartbeat = ': still here\n\n';

/**
 * Server-sent events: `change` with the runs whose metrics grew, were cut or that appeared, `gone` with names of runs that
 * are no longer there. Ends with the signal.
 */
export function liveChanges(views: RunViews, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let known = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let watched = true;
  let close: () => void = () => undefined;
  return new ReadableStream({
    start(controller) {
      const look = async (): Promise<void> => {
        const now = new Map((await views.changes()).map(({ name, rows }) => [name, rows]));
        // Whoever watched may have left meanwhile.
        if (!watched || signal.aborted) return;
        const changed: RunChange[] = [...now].flatMap(([name, rows]) =>
          known.get(name) === rows ? [] : [{ name, rows }],
        );
        const gone = [...known.keys()].filter((name) => !now.has(name));
        known = now;
        const texts = [
          ...(changed.length > 0 ? [`event: change\ndata: ${JSON.stringify(changed)}\n\n`] : []),
          ...(gone.length > 0 ? [`event: gone\ndata: ${JSON.stringify(gone)}\n\n`] : []),
        ];
        for (const text of texts.length > 0 ? texts : [heartbeat]) controller.enqueue(encoder.encode(text));
        timer = setTimeout(again, pauseMilliseconds);
      };
      const again = (): void => void look().catch((error: unknown) => controller.error(error));
      close = () => {
        clearTimeout(timer);
        if (watched) controller.close();
      };
      signal.addEventListener('abort', close, { once: true });
      again();
    },
    cancel() {
      watched = false;
      clearTimeout(timer);
      // Pages come and go while the signal stays.
      signal.removeEventListener('abort', close);
    },
  });
}
