import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricRow, missed, solved, writeRun, type GroupWish } from './recorded-run.fixture.js';
import { RunViews } from './run-views.js';

let folder: string;
let views: RunViews;
const wrong: GroupWish = { id: 'q2', text: 'Ünïcode „quotes“ 🎈?', members: [['Nothing.', 'Rome']] };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-dashboard-'));
  writeRun(join(folder, 'one'), { groups: [[missed, wrong], [wrong], [solved]] });
  writeRun(join(folder, 'compare/runs/tspo-seed-1'), { steps: 5, recorded: 2, strategy: 'tspo' });
  mkdirSync(join(folder, 'broken'));
  writeFileSync(join(folder, 'broken/manifest.json'), '{');
  mkdirSync(join(folder, 'no-run'));
  views = new RunViews(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (name: string) => {
  const found = await views.find(name);
  if (found === null) throw new Error(`no ${name}`);
  return found;
};

describe('the table of runs', () => {
  it('says of each how it stands', async () => {
    const rows = await views.rows();
    expect(rows.map(({ name, status, step, steps }) => ({ name, status, step, steps }))).toEqual([
      { name: 'broken', status: 'unreadable', step: -1, steps: 0 },
      { name: 'compare/runs/tspo-seed-1', status: 'stopped', step: 2, steps: 5 },
      { name: 'one', status: 'finished', step: 3, steps: 3 },
    ]);
    expect(rows[2]).toMatchObject({ strategy: 'grpo', policy: 'transformer', exactMatch: 0.2, secondsPerStep: 2 });
    expect(rows[0]?.problem).toContain('not valid JSON');
  });

  it('calls a run running while a living process holds its lock', async () => {
    const lock = join(folder, 'compare/runs/tspo-seed-1/run.lock');
    writeFileSync(lock, `${process.pid} ${hostname()}`);
    const status = async () => (await views.rows()).find(({ name }) => name.startsWith('compare'))?.status;
    expect(await status()).toBe('running');
    writeFileSync(lock, `999999999 ${hostname()}`);
    expect(await status()).toBe('stopped');
    rmSync(lock);
  });
});

describe('a name from outside', () => {
  it.each(['..', '../x', 'one/../../x', '/etc', 'no-run', '', 'one\0', 'compare', 'one/trajectories', 'C:\\x'])(
    '%j is no run',
    async (name) => {
      expect(await views.find(name)).toBeNull();
    },
  );

  it('leads nowhere by a link that leaves the folder', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'turnwise-outside-'));
    writeRun(outside);
    symlinkSync(outside, join(folder, 'link'));
    try {
      expect(await views.find('link')).toBeNull();
      expect((await views.rows()).map(({ name }) => name)).not.toContain('link');
    } finally {
      rmSync(join(folder, 'link'));
      rmSync(outside, { recursive: true });
    }
  });

  it('is `.` when the folder is itself a run', async () => {
    const alone = new RunViews(join(folder, 'one'));
    expect((await alone.rows()).map(({ name }) => name)).toEqual(['.']);
    expect(await alone.find('.')).not.toBeNull();
  });
});

describe('metrics that grow', () => {
  it('are read from where they were left, whole lines only, and anew when the file is cut', async () => {
    const path = join(folder, 'growing');
    writeRun(path, { steps: 9, recorded: 1 });
    const { metrics } = await run('growing');
    expect((await metrics.columns(0)).columns['step']).toEqual([0, 1]);
    const file = join(path, 'metrics.jsonl');
    const line = metricRow(2);
    appendFileSync(file, line.slice(0, 7));
    expect((await metrics.columns(0)).rows).toBe(2);
    appendFileSync(file, line.slice(7) + metricRow(3));
    const more = await metrics.columns(2);
    expect(more).toMatchObject({ from: 2, rows: 4 });
    expect(more.columns['step']).toEqual([2, 3]);
    expect(more.columns['eval/exact-match']).toEqual([0.2, null]);
    appendFileSync(file, 'not json\n');
    expect((await metrics.columns(0)).rows).toBe(4);
    truncateSync(file, metricRow(0).length);
    expect((await metrics.columns(0)).columns['step']).toEqual([0]);
  });
});

describe('metrics of a long run', () => {
  it('are counted and read over any number of pieces, and by name', async () => {
    const path = join(folder, 'long');
    writeRun(path, { steps: 9000, recorded: 9000 });
    const { metrics, latest } = await run('long');
    const { rows, recent, exactMatch } = await latest.read();
    expect({ rows, exactMatch }).toEqual({ rows: 9001, exactMatch: 900 });
    expect(recent.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, index) => 8981 + index));
    const { columns, names } = await metrics.columns(0, ['step', 'no such']);
    expect(columns).toEqual({ step: Array.from({ length: 9001 }, (_, step) => step) });
    expect(names).toContain('update/entropy');
  });
});

describe('groups', () => {
  it('are listed without being opened, and read where they lie', async () => {
    const { groups } = await run('one');
    expect(await groups.steps()).toEqual([1, 2, 3]);
    expect(await groups.summaries(1)).toEqual([
      expect.objectContaining({ index: 0, composition: 'all-wrong', nearMisses: 1, dead: true, turns: 4, outcome: 0 }),
      expect.objectContaining({ index: 1, nearMisses: 0, question: { id: 'q2', text: wrong.text } }),
    ]);
    expect(JSON.parse((await groups.line(1, 1)) ?? '')).toMatchObject({ question: { id: 'q2', text: wrong.text } });
    expect(await groups.line(1, 2)).toBeNull();
    expect(await groups.summaries(4)).toBeNull();
  });

  it('keep their numbers when a line between them is damaged', async () => {
    const path = join(folder, 'damaged');
    writeRun(path, { groups: [[missed]] });
    appendFileSync(join(path, 'trajectories/step-000001.jsonl'), '{"half":\n{"step":1}\n');
    const { groups } = await run('damaged');
    expect((await groups.summaries(1))?.map(({ index }) => index)).toEqual([0]);
  });
});

describe('a question over time', () => {
  it('goes from near-miss to solved', async () => {
    const questions = await (await run('one')).questions();
    const { question, visits, scanned, files } = await questions.history('q1');
    expect({ question, scanned, files }).toEqual({
      question: { id: 'q1', text: 'Question q1?' },
      scanned: 3,
      files: 3,
    });
    expect(visits.map(({ step, composition, nearMisses }) => [step, composition, nearMisses])).toEqual([
      [1, 'all-wrong', 1],
      [3, 'mixed', 0],
    ]);
    expect((await questions.history('unknown')).question).toBeNull();
    expect((await questions.page(0, 9, 'QUOTES ünïcode')).questions.map(({ id }) => id)).toEqual(['q2']);
    const page = await questions.page(0, 1);
    expect(page).toMatchObject({ total: 2 });
    expect(page.questions[0]?.visits).toEqual([
      { step: 1, state: 'near-miss' },
      { step: 3, state: 'mixed' },
    ]);
  });

  it('is followed anew when the run was taken up again', async () => {
    const path = join(folder, 'resumed');
    writeRun(path, { groups: [[missed], [missed]] });
    const states = async () => {
      const { visits } = await (await (await run('resumed')).questions()).history('q1');
      return visits.map(({ state }) => state);
    };
    expect(await states()).toEqual(['near-miss', 'near-miss']);
    writeRun(path, { recorded: 2, groups: [[missed], [solved]] });
    expect(await states()).toEqual(['near-miss', 'mixed']);
  });
});
