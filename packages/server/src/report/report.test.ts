import { afterAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockRun, randomStream, TurnwiseError, type NamedEstimator, type RewardShaper } from '@turnwise/core';
import type { CreditStrategies } from '../services.js';
import { missed, solved, writeRun, type GroupWish } from '../dashboard/recorded-run.fixture.js';
import { collectReport } from './collect-report.js';
import { jsonBlock, reportPage } from './report-page.js';
import { writeRunReport } from './write-run-report.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every failure names its seed. */
const seeds = Array.from({ length: 40 }, (_, index) => 1000 + index);

const hostile = '</script><!--<script>window.hacked = 1</script>\u2028\u2029\ud800 ]]> \u202e$& $1 javascript:alert(1)';
const wrong = (id: string): GroupWish => ({ id, members: [['Nothing.', 'Rome']] });

const page = new Map(
  Object.entries({
    '/': `<!doctype html><html><head><meta charset="utf-8" />
<script type="module" crossorigin src="./page.js"></script><link rel="stylesheet" crossorigin href="./index.css"></head>
<body><div id="page"></div></body></html>`,
    '/page.js': 'const pattern = "$& $1 $`"; // unchanged',
    '/index.css': 'body { content: "$&" }',
  }).map(([address, text]) => [address, { type: '', content: new Uint8Array(Buffer.from(text)) }] as const),
);

describe('report.html', () => {
  it.each(seeds)('cannot be left by anything written in it (seed %i)', (seed) => {
    const random = randomStream(seed);
    const pieces = [
      '<',
      '</',
      'script',
      '>',
      '<!--',
      '-->',
      '\u2028',
      '\u2029',
      '\\',
      '"',
      '&lt;',
      ']]>',
      '\0',
      '\ud83d',
    ];
    const text = Array.from({ length: 30 }, () => pieces[random.integer(pieces.length)]).join('');
    const block = jsonBlock({ [text]: text });
    expect(block).not.toMatch(/[<\u2028\u2029\0]/);
    expect(JSON.parse(block)).toEqual({ [text]: text });
  });

  it('is the page with its script, its style and its data, and allows nothing else', async () => {
    const run = join(folder, 'hostile');
    const evil: GroupWish = { id: hostile, text: hostile, members: [[hostile, hostile]] };
    writeRun(run, { steps: 5, recorded: 3, groups: [[missed, evil], [wrong('q2')], [solved]], strategy: hostile });
    const data = await collectReport(run, 'hostile', { ended: true });
    const html = reportPage(page, data);
    expect(html).toContain('<script type="module">const pattern = "$& $1 $`"; // unchanged</script>');
    expect(html).toContain('<style>body { content: "$&" }</style>');
    expect(html).not.toMatch(/ src=| href=/);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain('<!--');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]{44}'; style-src 'sha256-[^ ]{44}'; /);
    const block = /id="turnwise-report">(.*)<\/script>\n<\/body>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(block)).toEqual(JSON.parse(JSON.stringify(data)));
  });

  it('refuses a page that is not one script and one style sheet', async () => {
    const data = await collectReport(join(folder, 'hostile'), 'hostile');
    const file = (text: string) => ({ type: '', content: new Uint8Array(Buffer.from(text)) });
    const refused = (address: string, text: string) => () =>
      reportPage(new Map([...page, [address, file(text)]]), data);
    expect(refused('/', '<head></head>')).toThrow(/not exactly one script/);
    expect(refused('/page.js', 'f("</SCRIPT>")')).toThrow(/ends itself/);
    expect(refused('/page.js', 'f()\r\n')).toThrow(/ends itself/);
    expect(() => reportPage(new Map([...page].filter(([name]) => name !== '/index.css')), data)).toThrow('/index.css');
    await expect(writeRunReport(join(folder, 'hostile'), join(folder, 'no-page'))).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
    await expect(collectReport(join(folder, 'no-run'), 'x')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('tells of lines that cannot be read, but not of one that is being written', async () => {
    const run = join(folder, 'damaged');
    writeRun(run, { recorded: 3, groups: [[missed, wrong('q2')], [solved]] });
    const told: object[] = [];
    const collect = () => collectReport(run, 'damaged', { unreadable: (lines) => told.push(lines) });
    appendFileSync(join(run, 'metrics.jsonl'), '{"step":4,"cut');
    appendFileSync(join(run, 'events.jsonl'), '{"cut');
    await collect();
    expect(told).toEqual([]);
    appendFileSync(join(run, 'metrics.jsonl'), '\n{bad}\n[{}\n{"step":5}\n');
    appendFileSync(join(run, 'events.jsonl'), '\n');
    appendFileSync(join(run, 'trajectories/step-000001.jsonl'), '{}\n');
    const { holdings } = await collect();
    expect(told).toEqual([
      { file: join(run, 'metrics.jsonl'), lines: 3 },
      { file: join(run, 'events.jsonl'), lines: 1 },
      { file: join(run, 'trajectories/step-000001.jsonl'), lines: 1 },
    ]);
    expect(holdings).toMatchObject({ groups: { read: 3 } });
  });

  it('holds what the run folder says, without passwords, with what happened besides training', async () => {
    const run = join(folder, 'whole');
    writeRun(run, { steps: 9, recorded: 3, groups: [[missed, wrong('q2')], [wrong('q2')], [solved]] });
    const manifest = JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as { config: object };
    const resumes = [{ at: '2026-01-02T04:00:00.000Z', step: 1, notes: ['another commit'] }];
    const config = { ...manifest.config, search: { with: { url: 'http://me:secret@host/x' } } };
    writeFileSync(join(run, 'manifest.json'), JSON.stringify({ ...manifest, config, resumes }));
    appendFileSync(join(run, 'events.jsonl'), '{"step":0,"kind":"watchdog","message":"m"}\nnull\n{"cut');
    mkdirSync(join(run, 'checkpoints/step-000002'), { recursive: true });
    const data = await collectReport(run, 'whole');
    expect(JSON.stringify(data)).not.toContain('secret');
    expect(JSON.stringify(data)).not.toContain(folder);
    expect(data.run).toMatchObject({ name: 'whole', status: 'stopped', step: 3, steps: 9 });
    expect(data.events).toEqual({
      events: [
        { step: 0, kind: 'watchdog', message: 'm' },
        { step: 1, kind: 'resume', message: 'went on at 2026-01-02 04:00 UTC; another commit' },
      ],
      checkpoints: ['step-000002'],
    });
    expect(
      data.steps.map(({ page: { step, total, groups }, lines }) => [step, total, groups.length, lines.length]),
    ).toEqual([
      [1, 2, 2, 2],
      [2, 1, 1, 1],
      [3, 1, 1, 1],
    ]);
    expect(data.histories.map(({ question, visits }) => [question?.id, visits.map(({ step }) => step)])).toEqual([
      ['q1', [1, 3]],
      ['q2', [1, 2]],
    ]);
    expect(data.holdings).toMatchObject({
      rows: { held: 4, recorded: 4 },
      steps: { held: 3, read: 3, recorded: 3 },
      groups: { held: 4, read: 4 },
      questions: { held: 2, read: 2 },
      longestText: null,
    });
  });

  it('is of bounded size, however long the run and its texts are, and says what it holds', async () => {
    const run = join(folder, 'long');
    const filler = ' filler'.repeat(2000);
    const step = (number: number): GroupWish[] =>
      Array.from({ length: 12 }, (_, index) => ({
        id: `q${(number * 5 + index) % 40}`,
        text: `Question ${index}?${filler}`,
        members: Array.from({ length: 4 }, (_member, member) => [
          member % 3 === 0 ? `It is Paris.${filler}` : filler,
          (number + index + member) % 5 === 0 ? 'Paris' : 'Rome',
        ]),
      }));
    writeRun(run, { steps: 4000, groups: Array.from({ length: 9 }, (_, index) => step(index + 1)) });
    appendFileSync(
      join(run, 'events.jsonl'),
      `${JSON.stringify({ step: 1, kind: 'k', message: filler })}\n`.repeat(400),
    );
    const limits = { readSteps: 7, steps: 3, groups: 4, sampleBytes: 200_000, groupBytes: 50_000, visits: 30 };
    const data = await collectReport(run, 'long', { limits });
    expect(Buffer.byteLength(reportPage(page, data))).toBeLessThan(1_000_000);
    expect(data.holdings).toMatchObject({
      rows: { recorded: 4001 },
      steps: { read: 7, recorded: 9 },
      events: { held: 200, recorded: 400 },
    });
    expect(data.holdings.rows.held).toBeLessThanOrEqual(1000);
    expect(data.holdings.longestText).toBeLessThanOrEqual(2000);
    expect(data.holdings.groups.held).toBeGreaterThan(3);
    const bytes = Buffer.byteLength(JSON.stringify(data.steps.map(({ lines }) => lines)));
    expect(bytes).toBeLessThanOrEqual(210_000);
    expect(data.histories.reduce((sum, { visits }) => sum + visits.length, 0)).toBeLessThanOrEqual(30);
    expect(data.histories.map(({ question }) => question?.id)).toEqual(data.questions.questions.map(({ id }) => id));
    const steps = data.steps.map(({ page: { step: at } }) => at);
    expect([steps[0], steps.at(-1)]).toEqual([1, 9]);
  });

  it('holds what each strategy gives the groups held, or why it gives nothing', async () => {
    const run = join(folder, 'credited');
    writeRun(run, { groups: [[missed]] });
    const shaper: RewardShaper = {
      shape: ({ trajectories }) =>
        trajectories.map(({ turns }) => ({ outcome: 7, correct: true, turns: turns.map(() => 7) })),
    };
    const estimator: NamedEstimator['estimator'] = {
      estimate: (groups) =>
        groups.map(({ trajectories }) => ({
          composition: 'all-correct',
          level: 'turn',
          turns: trajectories.map(({ turns }) => turns.map((_, turn) => turn)),
        })),
    };
    const credit: CreditStrategies = {
      names: ['sevens', 'broken'],
      defaultName: 'sevens',
      open: (name) =>
        name === 'broken'
          ? Promise.reject(new TurnwiseError('PLUGIN_NOT_FOUND', 'it broke'))
          : Promise.resolve({
              rewards: [{ name: 'sevens', weight: 1, shaper }],
              advantage: { name: 'sevens', estimator },
            }),
    };
    const data = await collectReport(run, 'credited', { credit });
    expect(data.strategies).toEqual(['sevens', 'broken']);
    expect(data.credit).toMatchObject([
      { step: 1, index: 0, strategy: 'sevens', given: { strategy: 'sevens', advantages: { level: 'turn' } } },
      { step: 1, index: 0, strategy: 'broken', given: { failure: expect.stringContaining('it broke') } },
    ]);
    expect(data.credit[0]?.given).toMatchObject({ shaped: [{ outcome: 7 }, { outcome: 7 }] });
  });

  it('shows a run that has measured nothing but the start, and one over although its lock is held', async () => {
    const run = join(folder, 'empty');
    writeRun(run, { steps: 3, recorded: 0 });
    const nothing = { steps: [], histories: [], run: { step: 0, status: 'stopped' } };
    expect(await collectReport(run, 'empty')).toMatchObject(nothing);
    const unlock = await lockRun(join(run, 'run.lock'));
    expect(await collectReport(run, 'empty')).toMatchObject({ run: { status: 'running' } });
    expect(await collectReport(run, 'empty', { ended: true })).toMatchObject(nothing);
    await unlock();
  });
});
