import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackedRun } from '@turnwise/core';
import { metricBatches } from './metric-batches.js';
import { MlflowClient } from './mlflow-client.js';
import { MlflowTracker } from './mlflow-tracker.js';
import { mlflowOptions } from './options.js';
import type { StepMetrics } from './spool.js';
import { StubMlflow } from './testing/stub-mlflow.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-mlflow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let stub: StubMlflow;
let messages: string[] = [];
let runs = 0;
let trackers: MlflowTracker[] = [];
beforeEach(async () => {
  stub = await StubMlflow.start();
  messages = [];
});
afterEach(async () => {
  for (const tracker of trackers) await tracker[Symbol.asyncDispose]();
  trackers = [];
  await stub[Symbol.asyncDispose]();
});

function trackerOf(more: Record<string, unknown> = {}, url = stub.url): MlflowTracker {
  // Replies come at once or never: the limit only has to be far from both.
  const options = mlflowOptions.parse({ url, timeoutSeconds: 10, retries: 1, flushSeconds: 60, ...more });
  const { timeoutSeconds } = options;
  const client = new MlflowClient({ url, headers: { authorization: 'Bearer x' }, timeoutSeconds });
  const log = (message: string): void => void messages.push(message);
  const logger = { debug: log, info: log, warn: log, error: log };
  const tracker = new MlflowTracker(client, url, options, { logger, clock: { now: () => 1_700_000_000_000 } }, 10);
  trackers.push(tracker);
  return tracker;
}

function runIn(name: string, more: Partial<TrackedRun> = {}): TrackedRun {
  const config = { seed: 3, rollout: { groupSize: 8 }, reward: [{ use: 'folr' }], long: 'x'.repeat(900), none: null };
  return { name, folder: join(folder, name), strategy: 'tspo', seed: 3, config, resumedAfter: null, ...more };
}
const freshName = (): string => `run${runs++}`;
const metricsAt = (step: number): Record<string, number> => ({
  step,
  'reward/outcome-mean': step / 10,
  'plugin/a@b/c': 1,
});
const stepsOf = (id = 'run-1'): number[] =>
  (stub.runs.get(id)?.metrics ?? []).filter(({ key }) => key === 'reward/outcome-mean').map(({ step }) => step);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function until(holds: () => boolean): Promise<void> {
  const start = Date.now();
  while (!holds()) {
    if (Date.now() - start > 50_000) throw new Error('it did not happen');
    await setTimeout(5);
  }
}

describe('the mlflow tracker', () => {
  it('makes experiment and run, and logs parameters, tags and metrics', async () => {
    const tracker = trackerOf({ experiment: 'search', tags: { team: 'a' } });
    await tracker.begin(runIn(freshName()));
    expect(stub.requests).toEqual([]);
    for (const step of range(1, 5)) tracker.record(step, metricsAt(step));
    await tracker.end('finished');
    const run = stub.runs.get('run-1');
    expect([...stub.experiments]).toEqual([['search', '1']]);
    expect([...stub.authorizations]).toEqual(['Bearer x']);
    expect(run).toMatchObject({
      status: 'FINISHED',
      tags: { 'turnwise.strategy': 'tspo', 'turnwise.seed': '3', team: 'a' },
    });
    expect(run?.params).toMatchObject({ seed: '3', 'rollout.groupSize': '8', 'reward.0.use': 'folr', none: 'null' });
    expect(run?.params['long']).toHaveLength(500);
    expect(stepsOf()).toEqual(range(1, 5));
    expect(run?.metrics).toContainEqual({ key: 'plugin/a_b/c', value: 1, step: 1, timestamp: 1_700_000_000_000 });
    expect(run?.metrics.some(({ key }) => key === 'step')).toBe(false);
    expect(messages).toEqual([]);
  });

  it('puts what piled up into as few requests as the limits allow', async () => {
    const many = Object.fromEntries(range(1, 400).map((index) => [`m${index}`, index]));
    const steps = range(1, 5).map((step) => ({ step, timestamp: 0, metrics: many }));
    const sizesOf = async (all: readonly StepMetrics[]): Promise<unknown[]> => {
      const sizes = [];
      for await (const { metrics, through } of metricBatches(all)) sizes.push([metrics.length, through]);
      return sizes;
    };
    expect(await sizesOf(steps)).toEqual([
      [800, 2],
      [800, 4],
      [400, 5],
    ]);
    const huge = Object.fromEntries(range(1, 2500).map((index) => [`m${index}`, index]));
    expect(await sizesOf([{ step: 7, timestamp: 0, metrics: huge }])).toEqual([
      [1000, null],
      [1000, null],
      [500, 7],
    ]);
    const config = Object.fromEntries(range(1, 250).map((index) => [`p${index}`, index]));
    const tracker = trackerOf();
    await tracker.begin(runIn(freshName(), { config }));
    for (const step of range(1, 50)) tracker.record(step, many);
    await tracker.end('finished');
    expect(Object.keys(stub.runs.get('run-1')?.params ?? {})).toHaveLength(250);
    expect(stub.runs.get('run-1')?.metrics).toHaveLength(20_000);
  });

  it.each(['refusing-connections', 'unavailable', 'silent'] as const)(
    'does not hold training up when the server is %s, says so once, and sends everything when it is back',
    async (mood) => {
      const name = freshName();
      const tracker = trackerOf({ timeoutSeconds: mood === 'silent' ? 1 : 10 });
      stub.mood = mood;
      await tracker.begin(runIn(name));
      // There is nothing to wait for: training goes on at once.
      for (const step of range(1, 2000)) tracker.record(step, metricsAt(step));
      await until(() => messages.length > 0);
      tracker.record(2001, metricsAt(2001));
      stub.mood = 'well';
      await until(() => stepsOf().length === 2001);
      await tracker.end('finished');
      expect(stepsOf()).toEqual(range(1, 2001));
      expect(messages).toEqual([
        expect.stringMatching(/MLflow: .*Training goes on; metrics are kept in .*mlflow\.spool\.jsonl/),
        expect.stringContaining('is back; everything was sent'),
      ]);
      expect(existsSync(join(folder, name, 'trackers/mlflow.spool.jsonl'))).toBe(false);
    },
  );

  it('tries again after a passing failure without a word', async () => {
    const tracker = trackerOf({ retries: 5 });
    await tracker.begin(runIn(freshName()));
    stub.failNext = 3;
    tracker.record(1, metricsAt(1));
    await until(() => stepsOf().length === 1);
    await tracker.end('finished');
    expect(messages).toEqual([]);
  });

  it('ends a run whose server is dead in time, keeps the metrics, and goes on with them', async () => {
    const name = freshName();
    const first = trackerOf({ timeoutSeconds: 1 });
    await first.begin(runIn(name));
    first.record(1, metricsAt(1));
    await until(() => stepsOf().length === 1);
    stub.mood = 'silent';
    for (const step of range(2, 6)) first.record(step, metricsAt(step));
    await first.end('interrupted');
    expect(messages.at(-1)).toMatch(/5 steps were not sent\. They are in .*mlflow\.spool\.jsonl and in metrics\.jsonl/);
    expect(
      readFileSync(join(folder, name, 'trackers/mlflow.spool.jsonl'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(5);
    stub.mood = 'well';
    messages = [];
    const second = trackerOf();
    // From a checkpoint after step 4: steps 5 and 6 come again and are there already.
    await second.begin(runIn(name, { resumedAfter: 4 }));
    for (const step of range(5, 8)) second.record(step, metricsAt(step));
    await second.end('finished');
    expect(stub.runs.size).toBe(1);
    expect(stepsOf()).toEqual(range(1, 8));
    expect(stub.runs.get('run-1')?.status).toBe('FINISHED');
    expect(messages).toEqual([]);
  });

  it('begins a new run, and says so, when the old one was deleted', async () => {
    const name = freshName();
    const first = trackerOf();
    await first.begin(runIn(name));
    first.record(1, metricsAt(1));
    await first.end('interrupted');
    expect(stub.runs.get('run-1')?.status).toBe('KILLED');
    const old = stub.runs.get('run-1');
    if (old) old.deleted = true;
    const second = trackerOf();
    await second.begin(runIn(name, { resumedAfter: 1 }));
    second.record(2, metricsAt(2));
    await second.end('failed');
    expect(messages).toEqual([expect.stringContaining('run run-1 is gone')]);
    expect(stub.runs.get('run-2')).toMatchObject({ status: 'FAILED' });
    expect(stepsOf('run-2')).toEqual([2]);
  });

  it.each(['well', 'refusing-connections'] as const)(
    'sends steps again that a rollback took back, when the server is %s',
    async (mood) => {
      const name = freshName();
      const again = (step: number): Record<string, number> => ({ step, 'reward/outcome-mean': step / 100 });
      const tracker = trackerOf({ retries: 0 });
      await tracker.begin(runIn(name));
      stub.mood = mood;
      for (const step of range(1, 6)) tracker.record(step, metricsAt(step));
      await until(() => (mood === 'well' ? stepsOf().length === 6 : messages.length > 0));
      for (const step of range(4, 5)) tracker.record(step, again(step));
      stub.mood = 'well';
      await tracker.end('interrupted');
      const values = (): number[] =>
        Object.values(
          Object.fromEntries(
            (stub.runs.get('run-1')?.metrics ?? [])
              .filter(({ key }) => key === 'reward/outcome-mean')
              .map(({ step, value }) => [step, value]),
          ),
        );
      // The last value of each step; a step 6 may be there of the first time alone.
      expect(values().slice(0, 5)).toEqual([0.1, 0.2, 0.3, 0.04, 0.05]);
      const second = trackerOf();
      await second.begin(runIn(name, { resumedAfter: 5 }));
      for (const step of range(6, 7)) second.record(step, again(step));
      await second.end('finished');
      expect(values()).toEqual([0.1, 0.2, 0.3, 0.04, 0.05, 0.06, 0.07]);
      expect(stub.runs.size).toBe(1);
    },
  );

  it('says once that what was kept can be neither read nor added to, leaves it, and holds what comes', async () => {
    const name = freshName();
    const spool = join(folder, name, 'trackers/mlflow.spool.jsonl');
    mkdirSync(spool, { recursive: true });
    const tracker = trackerOf({ retries: 0 });
    await tracker.begin(runIn(name));
    // Further attempts, each with a step: the server has been asked for the run once, so the reading is what fails.
    for (const step of range(1, 5)) {
      tracker.record(step, metricsAt(step));
      await setTimeout(20);
    }
    await until(() => messages.length >= 2);
    const said = [/^MLflow: .*EISDIR.*Training goes on/, /mlflow\.spool\.jsonl could not be written: .*EISDIR/];
    expect(messages).toEqual(said.map((pattern) => expect.stringMatching(pattern)));
    expect(existsSync(spool)).toBe(true);
    // Nothing of it was lost.
    rmSync(spool, { recursive: true });
    await until(() => stepsOf().length === 5);
    expect(stepsOf()).toEqual(range(1, 5));
    await tracker.end('finished');
    expect(messages.slice(2)).toEqual([expect.stringContaining('is back; everything was sent')]);
  });

  it('says at the end how many steps it could neither send nor write', async () => {
    const name = freshName();
    mkdirSync(join(folder, name, 'trackers/mlflow.spool.jsonl'), { recursive: true });
    const tracker = trackerOf({ retries: 0 });
    await tracker.begin(runIn(name));
    for (const step of range(1, 3)) tracker.record(step, metricsAt(step));
    await until(() => messages.length >= 2);
    await tracker.end('finished');
    expect(messages.slice(2)).toEqual([
      expect.stringMatching(/3 steps were not sent and could not be written .*They are in metrics\.jsonl/),
      expect.stringMatching(/the end of the run could not be reported: .*EISDIR/),
    ]);
  });

  it('says what a server refuses', async () => {
    const tracker = trackerOf({}, `${stub.url}/elsewhere`);
    await tracker.begin(runIn(freshName()));
    tracker.record(1, metricsAt(1));
    await tracker.end('finished');
    expect(messages[0]).toMatch(/1 steps were not sent/);
  });
});

/** The same against a real server: TURNWISE_MLFLOW_URL=http://localhost:5000 npm run test:jest -- plugins/tracker-mlflow */
const real = process.env['TURNWISE_MLFLOW_URL'];
const reason = real === undefined ? ' (skipped: TURNWISE_MLFLOW_URL is not set)' : '';

(real === undefined ? describe.skip : describe)(`a real MLflow server${reason}`, () => {
  const url = real ?? '';
  const ask = async (path: string): Promise<Record<string, unknown>> =>
    (await (await fetch(`${url}/api/2.0/mlflow/${path}`)).json()) as Record<string, unknown>;

  it('shows the run, its parameters, every metric once, and its end, also when it goes on', async () => {
    const name = `turnwise-${Date.now()}`;
    const experiment = `turnwise-test-${Date.now()}`;
    const first = trackerOf({ experiment, timeoutSeconds: 30, flushSeconds: 60 }, url);
    await first.begin(runIn(name));
    for (const step of range(1, 1500)) first.record(step, metricsAt(step));
    await first.end('interrupted');
    expect(messages).toEqual([]);
    const link = JSON.parse(readFileSync(join(folder, name, 'trackers/mlflow.json'), 'utf8')) as { runId: string };
    const run = async (): Promise<unknown> => (await ask(`runs/get?run_id=${link.runId}`))['run'];
    expect(await run()).toMatchObject({ info: { status: 'KILLED', run_name: name } });
    const second = trackerOf({ experiment, timeoutSeconds: 30, flushSeconds: 60 }, url);
    await second.begin(runIn(name, { resumedAfter: 1490 }));
    for (const step of range(1491, 1510)) second.record(step, metricsAt(step));
    await second.end('finished');
    expect(messages).toEqual([]);
    const seen = (await run()) as { info: object; data: { params: object[]; tags: object[] } };
    expect(seen.info).toMatchObject({ status: 'FINISHED' });
    expect(seen.data.params).toContainEqual({ key: 'rollout.groupSize', value: '8' });
    expect(seen.data.tags).toContainEqual({ key: 'turnwise.strategy', value: 'tspo' });
    const history = (
      await ask(
        `metrics/get-history?run_id=${link.runId}&metric_key=${encodeURIComponent('reward/outcome-mean')}&max_results=5000`,
      )
    )['metrics'] as { step: number; value: number }[];
    expect(history.map(({ step }) => step).sort((left, right) => left - right)).toEqual(range(1, 1510));
    expect(history.every(({ step, value }) => value === step / 10)).toBe(true);
  }, 120_000);
});
