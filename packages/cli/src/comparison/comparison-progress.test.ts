import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MetricsTail, ProgressTable } from '@turnwise/core';
import { ComparisonProgress } from './comparison-progress.js';
import type { PlannedRun } from './planned-run.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-progress-'));
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const planned = (): PlannedRun =>
  ({ strategy: 'tspo', seed: 1, folder, loaded: { config: { training: { steps: 3 } } } }) as PlannedRun;

/** Three runs to come and one from before, and what a terminal was told of them. */
function progressOn(): { progress: ComparisonProgress; written: string[] } {
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 100, write: (text: string) => written.push(text) };
  return { written, progress: new ComparisonProgress(new ProgressTable(terminal), 4, 1) };
}

describe('the progress of a comparison', () => {
  it('looks at the runs every second, and says how each ended', async () => {
    writeFileSync(join(folder, 'metrics.jsonl'), '{"step":0,"eval/exact-match":0.25}\n');
    const { written, progress } = progressOn();
    const run = progress.begin(planned());
    expect(written.at(-1)).toMatch(/^1\/4 runs finished, 1 running\ntspo +seed 1 +step 0\/3/);
    appendFileSync(join(folder, 'metrics.jsonl'), '{"step":1}\n');
    jest.advanceTimersByTime(1000);
    await run.looked;
    await new Promise((resolve) => setImmediate(resolve));
    expect(written.at(-1)).toMatch(/step 1\/3 +exact match 25\.0%/);
    await progress.end(run, { kind: 'done' });
    expect(written.at(-1)).toMatch(/^tspo +seed 1 +step 1\/3 .*\n$/);
    const failing = progress.begin(planned());
    expect(written.at(-1)).toMatch(/^2\/4 runs finished, 1 running, about \d+/);
    await progress.end(failing, { kind: 'failed', reason: 'no disk' });
    expect(written.at(-1)).toMatch(/ {2}FAILED: no disk\n$/);
    progress[Symbol.dispose]();
  });

  it('says how far a run came also when a look was under way as it ended', async () => {
    const { written, progress } = progressOn();
    let tell = (_: Record<string, number>[]): void => undefined;
    jest
      .spyOn(MetricsTail.prototype, 'next')
      .mockReturnValueOnce(new Promise((resolve) => (tell = resolve)))
      .mockResolvedValue([]);
    const run = progress.begin(planned());
    jest.advanceTimersByTime(1000);
    const ended = progress.end(run, { kind: 'done' });
    await new Promise((resolve) => setImmediate(resolve));
    tell([{ step: 3 }]);
    await ended;
    expect(written.filter((text) => text.endsWith('\n'))).toEqual([expect.stringContaining('step 3/3')]);
    progress[Symbol.dispose]();
  });

  it('draws nothing when a look ends after it was closed', async () => {
    const { written, progress } = progressOn();
    let tell = (_: Record<string, number>[]): void => undefined;
    jest.spyOn(MetricsTail.prototype, 'next').mockReturnValue(new Promise((resolve) => (tell = resolve)));
    progress.begin(planned());
    jest.advanceTimersByTime(1000);
    progress[Symbol.dispose]();
    const closed = [...written];
    tell([{ step: 1 }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toEqual(closed);
    expect(closed.at(-1)).toBe('\r\u001b[1A\u001b[J');
  });
});
