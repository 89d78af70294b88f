import type { Page } from 'playwright-core';

/** Milliseconds from an input event. */
export interface Reaction {
  /** To the first painted frame after it. */
  readonly first: number;
  /** To the painted frame after which nothing changes any more, answers of the server included. */
  readonly settled: number;
  /** What the browser itself says of the event (PerformanceEventTiming, steps of 8 ms); `null` below 16 ms. */
  readonly event: number | null;
}

interface Probe {
  arm(types: readonly string[]): void;
  settled(quiet: number): Promise<Reaction>;
}

/**
 * Put into the page before its own scripts. It sees every change of the document and every stroke on a canvas, and notes
 * when the frame with it was painted: an animation frame is asked for, and a message sent from within it arrives after the
 * painting. Whatever waits for the server is waited for.
 */
export function installProbe(): void {
  const probe = window as unknown as { probe: Probe; tableAt: number };
  let start = 0;
  let firstPaint = 0;
  let lastPaint = 0;
  let lastChange = 0;
  let asked = false;
  let waiting = 0;
  let types: readonly string[] = [];
  let longest: number | null = null;
  const afterPaint = (call: () => void): void => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = call;
      channel.port2.postMessage(null);
    });
  };
  const changed = (): void => {
    lastChange = performance.now();
    if (asked) return;
    asked = true;
    afterPaint(() => {
      asked = false;
      lastPaint = performance.now();
      if (probe.tableAt === 0 && document.querySelectorAll('tbody tr').length > 0) probe.tableAt = lastPaint;
    });
  };
  probe.tableAt = 0;
  new MutationObserver(changed).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  const canvas = CanvasRenderingContext2D.prototype as unknown as Record<string, (...values: unknown[]) => void>;
  for (const name of ['stroke', 'fill', 'clearRect']) {
    const real = canvas[name];
    canvas[name] = function (this: unknown, ...values: unknown[]) {
      changed();
      real?.apply(this, values);
    };
  }
  const fetched = window.fetch.bind(window);
  window.fetch = async (...values) => {
    waiting++;
    try {
      return await fetched(...values);
    } finally {
      // The answer is read and drawn after this.
      setTimeout(() => waiting--, 50);
    }
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.startTime >= start && start > 0) longest = Math.max(longest ?? 0, entry.duration);
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  const heard = (event: Event): void => {
    if (start > 0 || !types.includes(event.type)) return;
    start = event.timeStamp;
    lastChange = start;
    afterPaint(() => {
      firstPaint = performance.now();
      lastPaint = Math.max(lastPaint, firstPaint);
    });
  };
  for (const type of ['click', 'keydown', 'pointermove', 'wheel'])
    addEventListener(type, heard, { capture: true, passive: true });
  probe.probe = {
    arm(wanted) {
      types = wanted;
      start = 0;
      firstPaint = 0;
      lastPaint = 0;
      longest = null;
    },
    settled: (quiet) =>
      new Promise((resolve) => {
        const look = (): void => {
          const still = performance.now() - lastChange > quiet;
          if (start === 0 || firstPaint === 0 || waiting > 0 || !still) setTimeout(look, 20);
          else resolve({ first: firstPaint - start, settled: lastPaint - start, event: longest });
        };
        look();
      }),
  };
}

/** Does something with the mouse or the keyboard, and measures how the page reacts. */
export async function reactionTo(
  page: Page,
  type: 'click' | 'keydown' | 'pointermove' | 'wheel',
  act: () => Promise<unknown>,
): Promise<Reaction> {
  await page.evaluate((wanted) => (window as unknown as { probe: Probe }).probe.arm([wanted]), type);
  await act();
  return page.evaluate(() => (window as unknown as { probe: Probe }).probe.settled(150));
}
