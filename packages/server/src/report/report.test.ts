import { afterAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockRun, nearMisses, TurnwiseError, type NamedEstimator, type RewardShaper } from '@turnwise/core';
import type { CreditStrategies } from '../services.js';
import { groupLine, missed, solved, writeRun, type GroupWish } from '../dashboard/recorded-run.fixture.js';
import type { GroupSummary } from '../dashboard/views.js';
import { chooseGroups, turningPoints } from './choose-groups.js';
import { collectReport } from './collect-report.js';
import { jsonBlock, reportPage } from './report-page.js';
import { shortenGroup, shortenTexts } from './shorten-group.js';
import { spread } from './spread.js';
import { thinColumns } from './thin-columns.js';
import { writeRunReport } from './write-run-report.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers in [0, 1) from a seed (mulberry32); every failure names the seed. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
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

describe('the metrics of a report', () => {
  it('are those of the run where there are few', () => {
    const columns = { step: [0, 1, 2], a: [null, 0.123456789, 2] };
    expect(thinColumns({ from: 0, rows: 3, columns }, 3)).toEqual({
      from: 0,
      rows: 3,
      columns: { step: [0, 1, 2], a: [null, 0.123457, 2] },
    });
  });

  it('are means of neighbours where there are many; the measurement before training stays apart', () => {
    const step = Array.from({ length: 10_001 }, (_, index) => index);
    const rare = step.map((index) => (index % 50 === 0 ? index / 10_000 : null));
    const thin = thinColumns({ from: 0, rows: step.length, columns: { step, x: step, rare } }, 1000);
    expect(thin.rows).toBeLessThanOrEqual(1000);
    for (const column of Object.values(thin.columns)) expect(column).toHaveLength(thin.rows);
    expect(thin.columns['step']?.[0]).toBe(0);
    expect(thin.columns['step']?.at(-1)).toBe(10_000);
    expect(thin.columns['x']?.slice(0, 2)).toEqual([0, 6]);
    expect(thin.columns['rare']?.[0]).toBe(0);
    expect(thin.columns['rare']?.filter((value) => value !== null)).toHaveLength(201);
  });

  it.each([2, 3, 7, 1000])('never have more than %i rows', (most) => {
    for (let rows = 0; rows < 60; rows++) {
      const step = Array.from({ length: rows }, (_, index) => index);
      const thin = thinColumns({ from: 0, rows, columns: { step } }, most);
      expect(thin.rows).toBeLessThanOrEqual(most);
      expect(thin.columns['step']?.at(-1)).toBe(rows === 0 ? undefined : rows - 1);
    }
  });
});

describe('the choice of samples', () => {
  it('spreads over a run: every beginning of the order leaves gaps of like width', () => {
    for (let count = 0; count < 70; count++) {
      const order = spread(count);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, place) => place));
      for (let taken = 2; taken <= count; taken++) {
        const places = order.slice(0, taken).sort((a, b) => a - b);
        expect([places[0], places.at(-1)]).toEqual([0, count - 1]);
        const gaps = places.slice(1).map((place, index) => place - (places[index] as number));
        expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps) + 2);
      }
    }
  });

  it.each(seeds)('shows one group of each state before a second of any (seed %i)', (seed) => {
    const random = numbersFrom(seed);
    const groups = Array.from({ length: Math.floor(random() * 20) }, (_, index): GroupSummary => {
      const trajectories = 1 + Math.floor(random() * 8);
      const composition = (['all-wrong', 'mixed', 'all-correct'] as const)[Math.floor(random() * 3)] ?? 'mixed';
      const missing = composition === 'all-correct' ? 0 : Math.floor(random() * (trajectories + 1));
      const outcome = composition === 'all-wrong' ? 0 : composition === 'mixed' ? random() : 1;
      const question = { id: `q${index}`, text: '' };
      const rest = { level: 'turn', dead: false, turns: Math.floor(random() * 30) } as const;
      const state = composition === 'all-wrong' && missing > 0 ? ('near-miss' as const) : composition;
      return { index, question, composition, state, nearMisses: missing, trajectories, outcome, ...rest };
    });
    const most = Math.floor(random() * 8);
    const chosen = chooseGroups(groups, most);
    expect(chosen).toHaveLength(Math.min(most, groups.length));
    expect(new Set(chosen.map(({ index }) => index)).size).toBe(chosen.length);
    const counts = (list: readonly GroupSummary[]): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const group of list) sums[group.state] = (sums[group.state] ?? 0) + 1;
      return sums;
    };
    const [held, there] = [counts(chosen), counts(groups)];
    for (const [state, count] of Object.entries(there)) {
      // A state that has more to show is never two behind another.
      const own = held[state] ?? 0;
      if (own < count) for (const other of Object.values(held)) expect(other - own).toBeLessThanOrEqual(1);
    }
    expect(chooseGroups(groups, most)).toEqual(chosen);
  });

  it('follows a question over the visits at which it changed', () => {
    const states = ['all-wrong', 'all-wrong', 'near-miss', 'near-miss', 'mixed', 'all-correct', 'all-correct'] as const;
    const visits = states.map((state, index) => ({ step: 10 * index, state }));
    expect(turningPoints({ id: 'q', text: '', visits }, 9)).toEqual([0, 20, 40, 50, 60]);
    expect(turningPoints({ id: 'q', text: '', visits }, 3)).toEqual([0, 40, 60]);
    expect(turningPoints({ id: 'q', text: '', visits: [] })).toEqual([]);
  });
});

describe('a group in a report', () => {
  const long = (characters: number): GroupWish => ({
    id: 'q',
    members: [
      [`${'x'.repeat(characters)} Paris`, 'Rome'],
      ['Nothing.', 'Rome'],
    ],
  });

  it('is whole when it is small', () => {
    const line = groupLine(1, missed);
    const held = shortenGroup(line, 1e6);
    expect(held).toMatchObject({ line, longestText: null });
    expect(held?.bytes).toBe(Buffer.byteLength(JSON.stringify(held?.line)));
  });

  it.each([1e6, 12_000, 4000])('fits into %i bytes, and gold that was cut off is still known', (bytes) => {
    const { shaped, ...line } = groupLine(1, long(100_000));
    // As GRPO records it: nobody looked for gold.
    const bare = { ...line, shaped: shaped.map(({ firstOccurrence: _, ...rewards }) => rewards) };
    const held = shortenGroup(bare, bytes);
    expect(held?.bytes).toBeLessThanOrEqual(bytes);
    expect(held?.longestText).toBe(bytes === 1e6 ? 8000 : bytes === 12_000 ? 2000 : 500);
    expect(held?.line.shaped.map(({ firstOccurrence }) => firstOccurrence)).toEqual([0, null]);
    expect(nearMisses(held?.line ?? bare)).toEqual([true, false]);
    expect(JSON.stringify(held)).toMatch(/more characters are not in this report⟩/);
  });

  it('is left out when even its shortest form is too long', () => {
    expect(shortenGroup(groupLine(1, long(10)), 100)).toBeNull();
  });

  it('is cut between characters', () => {
    expect(shortenTexts({ a: ['😀😀'] }, 3)).toEqual({ a: ['😀 … ⟨2 more characters are not in this report⟩'] });
  });
});

describe('report.html', () => {
  it.each(seeds)('cannot be left by anything written in it (seed %i)', (seed) => {
    const random = numbersFrom(seed);
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
    const text = Array.from({ length: 30 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
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
