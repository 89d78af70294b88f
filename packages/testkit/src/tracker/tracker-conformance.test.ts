import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineTracker, type Tracker } from '@turnwise/core';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { trackerConformance, type RecordedMetrics } from './tracker-conformance.js';

const sink: RecordedMetrics[] = [];
const received = (): RecordedMetrics[] => [...sink];
const good: Tracker = { record: (step, metrics) => void sink.push({ step, metrics: { ...metrics } }) };
const plugin = (create: () => Tracker) =>
  defineTracker({ id: 'tested', version: '1.0.0', options: z.strictObject({}), create });
const refusing = (refuses: (step: number, metrics: Readonly<Record<string, number>>, last: number) => boolean) =>
  plugin(() => {
    let last = -1;
    return {
      record: (step, metrics) => {
        if (refuses(step, metrics, last)) throw new Error('refused');
        last = step;
        return good.record(step, metrics);
      },
    };
  });

const bad: readonly (readonly [string, ReturnType<typeof plugin>])[] = [
  ['tracker/steps', refusing((step) => step === 0)],
  ['tracker/changing-keys', refusing((_step, metrics) => Object.keys(metrics).length === 0)],
  ['tracker/step-again', refusing((step, _metrics, last) => step < last)],
  [
    'tracker/unchanged-input',
    plugin(() => ({
      record: (step, metrics) => {
        void good.record(step, metrics);
        if (!Object.isFrozen(metrics)) (metrics as Record<string, number>)['step'] = step;
      },
    })),
  ],
  [
    'tracker/arrives',
    plugin(() => ({ record: (step, metrics) => (step === 2 ? undefined : good.record(step, metrics)) })),
  ],
  [
    'lifecycle/independent',
    (() => {
      let open = 0;
      return plugin(() => {
        open++;
        return {
          record: (step, metrics) => {
            if (open === 0 || open < 0) throw new Error('closed');
            return good.record(step, metrics);
          },
          [Symbol.asyncDispose]: () => Promise.resolve(void (open = 0)),
        };
      });
    })(),
  ],
];

it('passes a tracker that keeps every rule', async () => {
  expect(
    await failuresOf((runner) =>
      trackerConformance(
        runner,
        plugin(() => good),
        { from: null, received },
      ),
    ),
  ).toEqual(new Map());
});

it('has a run begun before the first record and ended after the last, in a folder of its own', async () => {
  const held = plugin(() => {
    const kept: RecordedMetrics[] = [];
    let folder: string | null = null;
    return {
      begin: (run) => {
        if (!existsSync(run.folder)) throw new Error('no folder');
        folder = run.folder;
      },
      record: (step, metrics) => {
        if (folder === null) throw new Error('not begun');
        kept.push({ step, metrics: { ...metrics } });
      },
      end: () => void sink.push(...kept.splice(0)),
    };
  });
  expect(await failuresOf((runner) => trackerConformance(runner, held, { from: null, received }))).toEqual(new Map());
});

it.each(bad)('%s is broken by a tracker that breaks it, and nothing else is', async (id, broken) => {
  const failures = await failuresOf((runner) => trackerConformance(runner, broken, { from: null, received }));
  expect([...failures.keys()]).toEqual([id]);
});

it('has a broken tracker for every rule of its own', async () => {
  const { ran } = await outcomeOf((runner) =>
    trackerConformance(
      runner,
      plugin(() => good),
      { from: null, received },
    ),
  );
  const own = ran.filter((id) => id.startsWith('tracker/'));
  expect(own.filter((id) => !bad.some(([broken]) => broken === id))).toEqual([]);
});
