import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReportData } from '@turnwise/server';
import { writeDiceFolder } from '../dice-folder.fixture.js';
import { lines, runInProcess, type Outcome } from '../in-process.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-train-'));
const at = (name: string): string => join(folder, name);

beforeAll(() => writeDiceFolder(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const turnwise = (words: string[], interrupt?: (text: string) => boolean): Promise<Outcome> =>
  runInProcess(words, { folder, ...(interrupt && { interrupt }) });

const metricsOf = (run: string): Record<string, unknown>[] =>
  lines(readFileSync(at(`${run}/metrics.jsonl`), 'utf8')).map(
    ({ 'rollout/seconds': _rollout, 'update/seconds': _update, ...rest }) => rest,
  );

const reportOf = (run: string): ReportData => {
  const page = readFileSync(at(`${run}/report.html`), 'utf8');
  return JSON.parse(/ id="turnwise-report">(.*)<\/script>/.exec(page)?.[1] ?? '') as ReportData;
};

describe('train', () => {
  it('trains, records, and prints one JSON object', async () => {
    const { code, out, error } = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one', '--json']);
    expect([code, error]).toEqual([0, expect.stringContaining('step 3/3')]);
    expect(lines(out)).toMatchObject([{ runFolder: at('one'), strategy: 'tspo', seed: 3, steps: 3, failures: 0 }]);
    expect(
      readdirSync(at('one'))
        .filter((name) => !name.startsWith('events.out.tfevents.'))
        .sort(),
    ).toEqual(['checkpoints', 'evaluations', 'manifest.json', 'metrics.jsonl', 'report.html', 'trajectories']);
    expect(readdirSync(at('one/checkpoints'))).toEqual(['step-000002', 'step-000003']);
    expect(metricsOf('one').map((metrics) => [metrics['step'], metrics['plugin/dice/sequences']])).toEqual([
      [0, undefined],
      [1, 8],
      [2, 8],
      [3, 8],
    ]);
    const manifest = JSON.parse(readFileSync(at('one/manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      strategy: 'tspo',
      seed: 3,
      data: { corpus: { count: 2 }, train: { count: 4 } },
      versions: { node: process.version },
    });
    expect(manifest['plugins']).toContainEqual(
      expect.objectContaining({
        kind: 'policy',
        id: 'dice',
        source: at('dice.ts'),
        integrity: expect.stringMatching(/^sha256-/),
      }),
    );
  });

  it('leaves a report with the metrics of the run, its groups, and what each strategy would have given them', async () => {
    const { run, metrics, steps, credit, strategies, holdings } = reportOf('one');
    expect(run).toMatchObject({ name: 'one', status: 'finished', step: 3, strategy: 'tspo' });
    expect(metrics.columns['step']).toEqual([0, 1, 2, 3]);
    expect(metrics.columns['plugin/dice/sequences']).toEqual([null, 8, 8, 8]);
    expect(holdings).toMatchObject({ steps: { held: 3, recorded: 3 }, groups: { held: 6, read: 6 } });
    expect(strategies).toEqual(expect.arrayContaining(['tspo', 'grpo', 'outcome-only']));
    expect(credit).toHaveLength(6 * strategies.length);
    for (const { page, lines: held } of steps) {
      for (const [place, { index }] of page.groups.entries()) {
        const again = credit.find(
          (each) => each.step === page.step && each.index === index && each.strategy === 'tspo',
        );
        expect(again?.given).toMatchObject({ advantages: { turns: held[place]?.advantages.turns } });
      }
    }
    writeFileSync(at('one/report.html'), '');
    const written = await turnwise(['report', 'one', '--json']);
    expect([written.code, lines(written.out), written.error]).toEqual([0, [{ file: at('one/report.html') }], '']);
    expect(reportOf('one').metrics).toEqual(metrics);
    expect(await turnwise(['report', 'nowhere'])).toMatchObject({ code: 2, out: '' });
  });

  it('tells of lines of the run that a report could not read', async () => {
    cpSync(at('one'), at('damaged'), { recursive: true });
    const recorded = readFileSync(at('damaged/metrics.jsonl'), 'utf8').split('\n');
    writeFileSync(at('damaged/metrics.jsonl'), recorded.with(1, 'garbage').join('\n'));
    const { code, error } = await turnwise(['report', 'damaged']);
    expect([code, error]).toEqual([0, expect.stringContaining(`1 line of ${at('damaged/metrics.jsonl')} could not`)]);
    expect(reportOf('damaged').metrics.columns['step']).toEqual([0, 2, 3]);
  });

  it('gives the same metrics for the same configuration and seed', async () => {
    await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'two']);
    expect(metricsOf('two')).toEqual(metricsOf('one'));
  });

  it('refuses a folder that holds a run, and goes on with --resume', async () => {
    const refused = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one', '--json']);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.error).toContain('RUN_EXISTS');
    const finished = await turnwise(['train', '--resume', '--run-dir', 'one']);
    expect(finished.error).toContain('has done all of its 3 steps');
    const other = await turnwise([
      'train',
      '-c',
      'run.yaml',
      '--resume',
      '--run-dir',
      'one',
      '--set',
      'rollout.groupSize=2',
    ]);
    expect(other).toMatchObject({ code: 2 });
    expect(other.error).toContain('--set rollout.groupSize=2');
    expect(other.error).toContain('rollout.groupSize is 2, was 4');
    const longer = await turnwise(['train', '--resume', '--run-dir', 'one', '--set', 'training.steps=5', '--json']);
    expect(longer.code).toBe(0);
    expect(metricsOf('one').map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(metricsOf('one')[5]).toMatchObject({ 'update/gradient-norm': 5 });
  });

  it('ends between two steps when interrupted, with state saved, and comes to the same end when continued', async () => {
    await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'whole', '--set', 'training.checkpointEvery=0']);
    let seen = 0;
    const words = ['train', '-c', 'run.yaml', '--run-dir', 'cut', '--set', 'training.checkpointEvery=0'];
    const cut = await turnwise(
      [...words, '--set', 'policy.with.pause=1'],
      (text) => text.includes('exact match') && seen++ === 0,
    );
    expect(cut.code).toBe(130);
    expect(cut.error).toContain('stopped after step 1, saved; go on: turnwise train --resume --run-dir');
    expect(existsSync(at('cut/run.lock'))).toBe(false);
    // Its lock was still held when the report was written.
    expect(reportOf('cut').run).toMatchObject({ name: 'cut', status: 'stopped', step: 1, steps: 3 });
    const rest = await turnwise(['train', '--resume', '--run-dir', 'cut', '--json']);
    expect(rest.code).toBe(0);
    expect(metricsOf('cut')).toEqual(metricsOf('whole'));
  });

  it('stops before weights move when the loss is not finite, and leaves what was recorded', async () => {
    const words = ['train', '-c', 'run.yaml', '--run-dir', 'nan', '--set', 'policy.with.failAt=2', '--json'];
    const { code, out, error } = await turnwise(words);
    expect([code, out]).toEqual([1, '']);
    expect(error).toContain('RUN_NOT_FINITE');
    expect(metricsOf('nan').map(({ step }) => step)).toEqual([0, 1]);
  });

  it('leaves no folder behind when nothing was measured', async () => {
    const { code, error } = await turnwise([
      'train',
      '-c',
      'run.yaml',
      '--run-dir',
      'none',
      '--set',
      'policy.use=scripted',
    ]);
    expect([code, error]).toEqual([2, expect.stringContaining('RUN_NOT_TRAINABLE')]);
    expect(existsSync(at('none'))).toBe(false);
  });
});
