import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readRunReport } from './read-run-report.js';
import { runFigures } from './run-figures.js';
import { runReportPage } from './run-report-page.js';
import { runSeries } from './run-series.js';
import { goldParts, groupView, type RecordedStepGroup } from './trajectory-view.js';

const hostile = '</pre><script>alert(1)</script><img src=x onerror=alert(2)>\u001b[31m\u202etxt "\'';
const folder = mkdtempSync(join(tmpdir(), 'turnwise-run-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two members: one right, one that saw gold and answered wrong; everything foreign in it is hostile. */
function groupAt(step: number, composition: 'mixed' | 'all-wrong' = 'mixed', filler = ''): RecordedStepGroup {
  const turns = (answer: string): RecordedStepGroup['trajectories'][number]['turns'] => [
    {
      output: { text: `<search> ${hostile} </search>`, tokenIds: [1, 2, 3], logprobs: [-1, -1, -1] },
      action: { kind: 'search', query: hostile },
      observation: { status: 'ok', text: `${hostile} born in Dormun${filler}`, hits: [], tokenIds: [4, 5] },
    },
    {
      output: { text: `<answer> ${answer} </answer>`, tokenIds: [6], logprobs: [-1] },
      action: { kind: 'answer', text: answer },
      observation: null,
    },
  ];
  const member = (index: number, answer: string): RecordedStepGroup['trajectories'][number] => ({
    id: `q/${index}`,
    prompt: { text: `Question: ${hostile}`, tokenIds: [9, 9] },
    turns: turns(answer),
    answer,
    stopReason: 'answered',
  });
  const right = composition === 'mixed';
  return {
    step,
    question: { id: hostile, text: `${hostile}?`, answers: ['Dormun'], hops: 2, type: hostile },
    trajectories: [member(0, right ? 'Dormun' : 'Kalsa'), member(1, hostile)],
    shaped: [
      {
        outcome: right ? 1 : 0,
        correct: right,
        turns: [0.5, right ? 1 : 0],
        firstOccurrence: 0,
        reasons: [hostile, null],
      },
      { outcome: 0, correct: false, turns: [0.5, 0], firstOccurrence: 0 },
    ],
    advantages: {
      composition,
      turns: [
        [0.25, 1],
        [-0.25, -1],
      ],
    },
  };
}

function runWith(steps: number, filler = ''): string {
  const run = mkdtempSync(join(folder, 'run-'));
  const manifest = {
    version: 1,
    createdAt: '2026-01-02T03:04:05.000Z',
    strategy: hostile,
    seed: 3,
    configFile: null,
    config: { training: { steps: steps + 5 }, policy: { with: { url: 'http://me:secret@host/x', text: hostile } } },
    plugins: [{ kind: 'policy', id: hostile, source: hostile, version: '1', integrity: null, options: {} }],
    data: { train: { source: { file: 'x' }, count: 2, sha256: 'abc' } },
    versions: {},
    resumes: [{ at: '2026-01-02T04:00:00.000Z', step: 1, notes: [hostile] }],
  };
  writeFileSync(join(run, 'manifest.json'), JSON.stringify(manifest));
  const rows = Array.from({ length: steps + 1 }, (_, step) => ({
    step,
    'eval/exact-match': step / (steps + 1),
    'eval/f1': 0.5,
    ...(step === 0
      ? {}
      : {
          'reward/outcome-mean': Math.sin(step),
          'groups/all-wrong': 0.5,
          'groups/mixed': 0.25,
          'groups/all-correct': 0.25,
          'groups/dead': 0.5,
          'rollout/search-rate': 0.5,
          'update/entropy': 1 / step,
        }),
  }));
  writeFileSync(join(run, 'metrics.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const event = { step: 2, kind: 'watchdog', message: hostile };
  writeFileSync(join(run, 'events.jsonl'), `${JSON.stringify(event)}\n`.repeat(Math.max(1, steps)) + '{"cut');
  mkdirSync(join(run, 'trajectories'));
  for (let step = 1; step <= Math.min(steps, 40); step++) {
    const lines = [groupAt(step, 'mixed', filler), groupAt(step, 'all-wrong', filler), groupAt(step, 'mixed', filler)];
    const name = `step-${String(step).padStart(6, '0')}.jsonl`;
    writeFileSync(join(run, 'trajectories', name), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"cut\n`);
  }
  return run;
}

describe('the view of a trajectory', () => {
  const view = groupView(groupAt(1), { characters: 1000, trajectories: 5 });

  it('keeps owners apart, with their tokens, and credit turn by turn', () => {
    const [right, near] = view.trajectories;
    expect(right?.turns.map(({ texts }) => texts.map(({ owner, tokens }) => [owner, tokens]))).toEqual([
      [
        ['policy', 3],
        ['observation', 2],
      ],
      [['policy', 1]],
    ]);
    expect(right?.prompt).toMatchObject({ owner: 'prompt', tokens: 2 });
    expect(right?.turns.map(({ reward, advantage }) => [reward, advantage])).toEqual([
      [0.5, 0.25],
      [1, 1],
    ]);
    expect(right?.turns.map(({ goldFirstSeen }) => goldFirstSeen)).toEqual([true, false]);
    expect([right?.correct, right?.nearMiss, near?.correct, near?.nearMiss]).toEqual([true, false, false, true]);
  });

  it('marks gold in whatever case, in observations and outputs, never in the prompt, and cuts long texts', () => {
    expect(goldParts('in DORMUN, dormun.', ['Dormun'])).toEqual([
      { text: 'in ', gold: false },
      { text: 'DORMUN', gold: true },
      { text: ', ', gold: false },
      { text: 'dormun', gold: true },
      { text: '.', gold: false },
    ]);
    expect(goldParts('a (b) [c]', ['(b)', 'x'])).toContainEqual({ text: '(b)', gold: true });
    expect(goldParts('', ['x y'])).toEqual([]);
    expect(view.trajectories[0]?.prompt?.parts.some(({ gold }) => gold)).toBe(false);
    const short = groupView(groupAt(1), { characters: 10, trajectories: 1 });
    expect(short.trajectories).toHaveLength(1);
    expect(short.members).toBe(2);
    expect(short.trajectories[0]?.turns[0]?.texts[1]?.leftOut).toBeGreaterThan(10);
  });
});

describe('report.html', () => {
  it('shows the run, without a script, a request or a control character, whatever is in it', async () => {
    const report = await readRunReport(runWith(3), 'first');
    const page = runReportPage(report);
    expect(page).not.toMatch(
      /<script|<img|javascript:|\u001b|\u202e|https?:\/\/(?!www\.w3\.org\/2000\/svg|\*\*\*@host)/i,
    );
    expect(page).not.toMatch(/<[^>]*\son\w+=/i);
    expect(page).not.toContain('secret');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('3 of 8 steps (not finished)');
    expect(page).toMatch(/class="owned policy"[\s\S]*class="owned observation"/);
    expect(page).toContain('<mark>Dormun</mark>');
    expect(page).toContain('turn 0: search | reward 0.5 | advantage +0.25 | gold seen here first');
    expect(page).toContain('prefers-color-scheme: dark');
    expect(report.heldOut).toMatchObject({ before: { step: 0 }, after: { step: 3 } });
    expect(report.events.map(({ kind }) => kind)).toEqual(['resume', 'watchdog', 'watchdog', 'watchdog']);
    expect(report.samples.map(({ step, composition }) => [step, composition])).toContainEqual([1, 'all-wrong']);
    for (const { svg } of runFigures(report)) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(runFigures(report).map(({ name }) => name)).toContain('composition');
  });

  it('is of bounded size, however long the run and its texts are', async () => {
    const long = runReportPage(await readRunReport(runWith(5000, ' filler'.repeat(5000)), 'long'));
    expect(long.length).toBeLessThan(1_000_000);
    const series = runSeries(
      Array.from({ length: 10_001 }, (_, step) => ({ step, x: step })),
      'x',
      300,
    );
    expect(series.steps.length).toBeLessThanOrEqual(300);
    expect(series.steps.at(-1)).toBe(10_000);
    expect(series.values[0]).toBeCloseTo(16.5, 0);
  });

  it('shows a run that has measured nothing but the start', async () => {
    const page = runReportPage(await readRunReport(runWith(0), 'empty'));
    expect(page).toContain('No trajectories were recorded yet.');
    expect(page).not.toMatch(/NaN|undefined/);
  });
});
