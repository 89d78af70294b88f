import { expect, it } from '@jest/globals';
import { Hono } from 'hono';
import { HttpFailure } from '../http-failure.js';
import { addDashboardRoutes } from './dashboard-routes.js';
import type { RunViews } from './run-views.js';

const failing = (): Promise<never> => Promise.reject(new Error('ENOENT: no such file or directory'));
const parts = { metrics: { columns: failing }, groups: { steps: failing, summaries: failing, line: failing } };
const run = { ...parts, manifest: failing, events: failing, questions: failing };

/** Status of an answer for a run that is there only the first `times` times it is looked for. */
async function statusOf(path: string, times: number): Promise<number> {
  let looked = 0;
  const views = { find: () => Promise.resolve(++looked <= times ? run : null) } as unknown as RunViews;
  const app = new Hono();
  app.onError((error, context) => context.text('', error instanceof HttpFailure ? error.status : 500));
  addDashboardRoutes(app, views, null, new AbortController().signal);
  return (await app.request(path)).status;
}

it.each(['manifest', 'events', 'metrics', 'steps', 'groups', 'group', 'questions', 'question'])(
  'says of a run that is deleted while its %s is read that it is not there',
  async (what) => {
    const path = `/api/${what}?run=one&step=1&index=0`;
    expect(await statusOf(path, 1)).toBe(404);
    // One that is still there failed in earnest.
    expect(await statusOf(path, 2)).toBe(500);
  },
);
