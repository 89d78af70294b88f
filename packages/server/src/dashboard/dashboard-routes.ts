import { hidePasswords } from '@turnwise/core';
import type { Hono } from 'hono';
import { HttpFailure } from '../http-failure.js';
import type { CreditStrategies } from '../services.js';
import { liveChanges } from './live-changes.js';
import { replayCredit } from './replay-credit.js';
import type { RunView } from './run-view.js';
import type { RunViews } from './run-views.js';
import type { GroupPage, QuestionPage, QuestionRow } from './views.js';

/** Most rows of a page of groups, and of questions. */
const mostGroups = 5000;
const mostQuestions = 500;

/** Most visits that a list gives of one question; a page of the question has all of them. */
const mostVisits = 16;

/** What the page asks for. Everything is read; nothing here changes a run. */
export function addDashboardRoutes(
  app: Hono,
  views: RunViews,
  credit: CreditStrategies | null,
  closing: AbortSignal,
): void {
  const runOf = async (name: string | undefined): Promise<RunView> => {
    const run = name === undefined ? null : await views.find(name);
    if (run === null) throw new HttpFailure(404, `There is no run ${JSON.stringify(name ?? '')} here, or no longer.`);
    return run;
  };
  /** What is read of a run. A run that is deleted while it is read counts as one that is not there. */
  const ofRun = async <Read>(name: string | undefined, read: (run: RunView) => Promise<Read>): Promise<Read> => {
    const run = await runOf(name);
    try {
      return await read(run);
    } catch (error) {
      await runOf(name);
      throw error;
    }
  };

  app.get('/api/runs', async (context) => context.json(await views.rows()));
  app.get('/api/strategies', (context) => context.json(credit?.names ?? []));
  app.get('/api/live', (context) =>
    context.body(liveChanges(views, closing), 200, { 'content-type': 'text/event-stream; charset=utf-8' }),
  );
  app.get('/api/manifest', async (context) =>
    context.json(hidePasswords(await ofRun(context.req.query('run'), (run) => run.manifest())) as object),
  );
  app.get('/api/events', async (context) => context.json(await ofRun(context.req.query('run'), (run) => run.events())));
  app.get('/api/metrics', async (context) => {
    const { run, from } = context.req.query();
    const only = context.req.queries('name');
    return context.json(await ofRun(run, ({ metrics }) => metrics.columns(wholeNumber('from', from, 0), only)));
  });
  app.get('/api/steps', async (context) =>
    context.json(await ofRun(context.req.query('run'), ({ groups }) => groups.steps())),
  );
  app.get('/api/groups', async (context) => {
    const { run, step, offset, limit } = context.req.query();
    const number = wholeNumber('step', step);
    const all = await ofRun(run, ({ groups }) => groups.summaries(number));
    if (all === null) throw new HttpFailure(404, `No groups of step ${number} are here: not recorded, or not kept.`);
    const start = wholeNumber('offset', offset, 0);
    const groups = all.slice(start, start + Math.min(mostGroups, wholeNumber('limit', limit, mostGroups)));
    return context.json({ step: number, total: all.length, groups } satisfies GroupPage);
  });
  app.get('/api/group', async (context) => {
    const { run, step, index } = context.req.query();
    return context.body(await ofRun(run, (found) => lineOf(found, step, index)), 200, {
      'content-type': 'application/json',
    });
  });
  app.get('/api/credit', async (context) => {
    const { run, step, index, strategy } = context.req.query();
    if (credit === null) throw new HttpFailure(404, 'No strategies are at hand here.');
    const line = await ofRun(run, (found) => lineOf(found, step, index));
    return context.json(await replayCredit(credit, line, strategy, context.req.raw.signal));
  });
  app.get('/api/questions', async (context) => {
    const { run, offset, limit, words } = context.req.query();
    const rows = Math.min(mostQuestions, wholeNumber('limit', limit, mostQuestions));
    const start = wholeNumber('offset', offset, 0);
    const page = await ofRun(run, async (found) => (await found.questions()).page(start, rows, words));
    return context.json({ ...page, questions: page.questions.map(lastVisits) } satisfies QuestionPage);
  });
  app.get('/api/question', async (context) => {
    const { run, id } = context.req.query();
    return context.json(await ofRun(run, async (found) => (await found.questions()).history(id ?? '')));
  });
}

function lastVisits({ visits, ...question }: QuestionRow): QuestionRow {
  const told = visits.slice(-mostVisits);
  return { ...question, earlier: visits.length - told.length, visits: told };
}

async function lineOf(run: RunView, step: string | undefined, index: string | undefined): Promise<string> {
  const line = await run.groups.line(wholeNumber('step', step), wholeNumber('index', index));
  if (line === null) throw new HttpFailure(404, `There is no group ${index ?? ''} at step ${step ?? ''}.`);
  return line;
}

function wholeNumber(name: string, text: string | undefined, standard?: number): number {
  if (text === undefined && standard !== undefined) return standard;
  const value = Number(text);
  if (text === undefined || text === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new HttpFailure(400, `${name} must be a whole number of at least 0, got ${JSON.stringify(text ?? null)}.`);
  }
  return value;
}
