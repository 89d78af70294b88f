import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginDefinition, Tracker } from '@turnwise/core';
import { runSuite } from '../plugin/common-rules.js';
import { demand, type Rule, type Runner } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { checkKeys, type SuiteSettings } from '../settings.js';
import { open, subjectOf, withInstance, type Subject } from '../subject.js';
import { within } from '../within.js';

/** One record as it arrived. */
export interface RecordedMetrics {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What {@link trackerConformance} can be told. */
export interface TrackerSuiteSettings extends SuiteSettings {
  /**
   * Reads back everything that arrived where the tracker writes to, oldest first. Without it, whether anything arrives
   * is not judged.
   */
  readonly received?: () => Promise<readonly RecordedMetrics[]> | readonly RecordedMetrics[];
}

interface TrackerSubject extends Subject<'tracker'> {
  readonly received: TrackerSuiteSettings['received'];
}

type TrackerRule = Rule<TrackerSubject>;

const metrics = { 'reward/outcome-mean': 0.25, 'groups/all-wrong': 1, 'update/loss': -1e-9, 'plugin/my-tool/hits': 3 };

/** A whole run in a folder of its own, as training has it: begun, recorded, ended. */
async function recordRun(tracker: Tracker, seconds: number, records: readonly RecordedMetrics[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-testkit-run-'));
  const run = { name: 'conformance', folder, strategy: 'tspo', seed: 1, config: { seed: 1 }, resumedAfter: null };
  try {
    await within(seconds, 'begin()', () => tracker.begin?.(run));
    for (const { step, metrics: given } of records)
      await within(seconds, 'record()', () => tracker.record(step, given));
    await within(seconds, 'end()', () => tracker.end?.('finished'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function accepts(subject: TrackerSubject, records: readonly RecordedMetrics[]): Promise<void> {
  await withInstance(subject, (tracker) => recordRun(tracker, subject.seconds, structuredClone(records)));
}

const rules: readonly TrackerRule[] = [
  {
    id: 'tracker/steps',
    says: 'step after step is recorded, from the measurement before the first one on',
    check: (subject) =>
      accepts(
        subject,
        [0, 1, 2, 3].map((step) => ({ step, metrics })),
      ),
  },
  {
    id: 'tracker/changing-keys',
    says: 'metrics may come and go from step to step, and there may be none',
    check: (subject) =>
      accepts(subject, [
        { step: 1, metrics },
        { step: 2, metrics: { 'eval/exact-match': 0.5 } },
        { step: 3, metrics: {} },
      ]),
  },
  {
    id: 'tracker/step-again',
    says: 'a step that is recorded again after a resume is taken',
    check: (subject) =>
      accepts(
        subject,
        [1, 2, 3, 2, 3].map((step) => ({ step, metrics })),
      ),
  },
  {
    id: 'tracker/unchanged-input',
    says: 'the metrics are only read',
    check: (subject) =>
      withInstance(subject, async (tracker: Tracker) => {
        const given = { ...metrics };
        await recordRun(tracker, subject.seconds, [{ step: 1, metrics: given }]);
        demand(sameValue(given, metrics), () => `the metrics became ${shown(given)}`, 'copy before changing');
      }),
  },
  {
    id: 'tracker/arrives',
    says: 'when the run has ended and it is closed, everything has arrived once and in order',
    check: async (subject) => {
      if (subject.received === undefined) return;
      const before = (await subject.received()).length;
      const { instance, close } = await open(subject);
      const sent = [1, 2, 3].map((step): RecordedMetrics => ({
        step,
        metrics: { ...metrics, 'reward/outcome-mean': step / 4 },
      }));
      await recordRun(instance, subject.seconds, structuredClone(sent));
      await close();
      const arrived = (await subject.received()).slice(before);
      demand(
        sameValue(arrived, sent, 1e-6),
        () => `sent ${shown(sent)}, arrived ${shown(arrived)}`,
        'wait in end() or [Symbol.asyncDispose]() until everything was written',
      );
    },
  },
];

/**
 * Holds a tracker to its contract: one test a rule, titled with the rule's id.
 *
 * @param runner `describe` and `it` of jest, vitest or node:test.
 * @throws TESTKIT_USAGE at once for what is wrong with the settings.
 */
export function trackerConformance<Options>(
  runner: Runner,
  plugin: PluginDefinition<'tracker', Options>,
  settings: TrackerSuiteSettings = {},
): void {
  const suite = 'trackerConformance';
  checkKeys(suite, settings, ['options', 'from', 'seconds', 'received']);
  const subject: TrackerSubject = {
    ...subjectOf(suite, 'tracker', plugin as PluginDefinition<'tracker'>, settings, async (tracker) => {
      await recordRun(tracker, settings.seconds ?? 10, [{ step: 1, metrics: { ...metrics } }]);
      return null;
    }),
    received: settings.received,
  };
  runSuite(runner, subject, rules);
}
