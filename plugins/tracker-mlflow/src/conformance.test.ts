import { afterAll, describe, expect, it } from '@jest/globals';
import { trackerConformance, type RecordedMetrics } from '@turnwise/testkit';
import plugin from './index.js';
import { StubMlflow } from './testing/stub-mlflow.js';

const stub = await StubMlflow.start();
afterAll(() => stub[Symbol.asyncDispose]());

/** What the server was sent, put together again by run and step, in the order of arrival. */
function received(): RecordedMetrics[] {
  return [...stub.runs.values()].flatMap(({ metrics }) => {
    const steps = new Map<number, Record<string, number>>();
    for (const { key, value, step } of metrics) steps.set(step, { ...steps.get(step), [key]: value });
    return [...steps].map(([step, values]) => ({ step, metrics: values }));
  });
}

trackerConformance({ describe, it }, plugin, { from: import.meta.url, options: { url: stub.url }, received });

it('was judged by what arrived', () => {
  expect(received().length).toBeGreaterThan(0);
  expect([...stub.runs.values()].map(({ status }) => status)).toContain('FINISHED');
});
