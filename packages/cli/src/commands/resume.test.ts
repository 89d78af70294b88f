import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runInProcess } from '../in-process.fixture.js';
import { writeResumableRun } from './resumable-run.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-resume-'));
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  writeResumableRun(folder);
  expect(await train('whole')).toEqual({ code: 0, error: expect.not.stringContaining('error') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Trains into a folder; `stopAt` interrupts when that text is printed. */
async function train(
  run: string,
  words: readonly string[] = [],
  stopAt?: string,
): Promise<{ code: number; error: string }> {
  const { code, error } = await runInProcess(['train', '-c', 'run.yaml', '--run-dir', run, ...words], {
    folder,
    interrupt: (text) => stopAt !== undefined && text.includes(stopAt),
  });
  return { code, error };
}

/** The lines of a run's metrics without wall times. */
const metricsOf = (run: string): string[] =>
  readFileSync(at(`${run}/metrics.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replace(/"[a-z]+\/seconds":[^,}]*,?/g, ''));
const weightOf = (run: string, step = 6): string =>
  readFileSync(at(`${run}/checkpoints/step-${String(step).padStart(6, '0')}/weight.json`), 'utf8');
const set = (...assignments: string[]): string[] => assignments.flatMap((assignment) => ['--set', assignment]);

function expectSameAsWhole(run: string): void {
  expect(metricsOf(run)).toEqual(metricsOf('whole'));
  expect(weightOf(run)).toBe(weightOf('whole'));
}

describe('train --resume', () => {
  it('brings back plugin state and random streams: the rest is what it would have been', async () => {
    expect((await train('cut', [], 'step 4/6')).code).toBe(130);
    const rest = await train('cut', ['--resume']);
    expect(rest.code).toBe(0);
    expectSameAsWhole('cut');
    // The same with a reward that forgets: the comparison above can fail.
    const forgets = set('reward.with.forgets=true');
    expect((await train('forgets-whole', forgets)).code).toBe(0);
    expect((await train('forgets', forgets, 'step 4/6')).code).toBe(130);
    expect((await train('forgets', [...forgets, '--resume'])).code).toBe(0);
    expect(metricsOf('forgets')).not.toEqual(metricsOf('forgets-whole'));
  });

  it('goes on after the last whole step when the policy lost its threads in the next, saved or not by then', async () => {
    writeFileSync(at('dead'), '');
    const { code, error } = await train('dead-run');
    rmSync(at('dead'));
    expect([code, error]).toEqual([1, expect.stringContaining('RUN_WORKER_FAILED: no thread left')]);
    expect(error).toContain('step 4 could not be made; saved as after step 3');
    expect(readdirSync(at('dead-run/checkpoints'))).toContain('step-000003');
    const rest = await train('dead-run', ['--resume']);
    expect([rest.code, rest.error]).toEqual([0, expect.not.stringContaining('step 3/6')]);
    expectSameAsWhole('dead-run');
  });

  it('records what the policy computes with, and notes when that is another', async () => {
    const recorded = (): unknown => JSON.parse(readFileSync(at('engines/manifest.json'), 'utf8')) as unknown;
    expect((await train('engines', set('training.steps=1'))).code).toBe(0);
    expect(recorded()).toMatchObject({ policyComputesWith: { engine: 'first' } });
    writeFileSync(at('other'), '');
    const { code, error } = await train('engines', ['--resume', ...set('training.steps=2')]);
    rmSync(at('other'));
    const note = 'Another engine than before: other instead of first. The rest may differ.';
    expect([code, error]).toEqual([0, expect.stringContaining(note)]);
    expect(recorded()).toMatchObject({ policyComputesWith: { engine: 'other' }, resumes: [{ notes: [note] }] });
  });

  it('keeps in a checkpoint what the loop knows', () => {
    const trainer = JSON.parse(readFileSync(at('whole/checkpoints/step-000004/trainer.json'), 'utf8')) as object;
    expect(trainer).toMatchObject({
      step: 4,
      search: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      files: { 'weight.json': { bytes: expect.any(Number) as unknown } },
      state: {
        updates: 4,
        data: { pass: 2, position: 0 },
        plugins: { 'reward moody': { state: { seen: 32 }, random: expect.any(Array) as unknown } },
      },
    });
  });

  it('refuses to save state that JSON would change, and leaves no half of a checkpoint', async () => {
    const { code, error } = await train('broken', set('reward.with.broken=true'));
    expect([code, error]).toEqual([1, expect.stringContaining('CONTRACT_STATE_INVALID: reward moody')]);
    expect(existsSync(at('broken/checkpoints'))).toBe(false);
  });

  it('begins when there is nothing yet, and begins again when there was no checkpoint', async () => {
    const first = await train('early', ['--resume', ...set('training.steps=1', 'training.checkpointEvery=0')]);
    expect([first.code, first.error]).toEqual([0, expect.stringContaining('There is no run in')]);
    rmSync(at('early/checkpoints'), { recursive: true });
    writeFileSync(at('early/checkpoints.partial'), 'left behind');
    const again = await train('early', ['--resume', ...set('training.checkpointEvery=0')]);
    expect([again.code, again.error]).toEqual([0, expect.stringContaining('had no checkpoint yet')]);
    expectSameAsWhole('early');
    expect(readdirSync(at('early')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('does nothing to a run that is done', async () => {
    const { code, error } = await train('whole', ['--resume']);
    expect([code, error]).toEqual([0, expect.stringContaining('has done all of its 6 steps')]);
    expect(metricsOf('whole')).toHaveLength(7);
  });

  it.each<[string, (checkpoint: string) => void, string]>([
    ['a bit flips', (checkpoint) => writeFileSync(`${checkpoint}/weight.json`, '{"weight":9}'), 'weight.json'],
    ['a file is gone', (checkpoint) => rmSync(`${checkpoint}/weight.json`), 'weight.json is missing'],
    [
      'it says it is another',
      (checkpoint) => {
        const file = `${checkpoint}/trainer.json`;
        writeFileSync(file, readFileSync(file, 'utf8').replace('"step":4', '"step":2'));
      },
      'says it is of step 2',
    ],
    ['its state is cut', (checkpoint) => writeFileSync(`${checkpoint}/trainer.json`, '{"step":4,'), 'trainer.json'],
  ])('falls back to the checkpoint before a damaged one, and says so: %s', async (name, damage, says) => {
    const run = `damaged-${name.replace(/\W/g, '-')}`;
    expect((await train(run, set('training.steps=5'), 'step 4/5')).code).toBe(130);
    damage(at(`${run}/checkpoints/step-000004`));
    const rest = await train(run, ['--resume']);
    expect([rest.code, rest.error]).toEqual([0, expect.stringContaining(says)]);
    expect(rest.error).toContain('Falling back to the one before.');
    expectSameAsWhole(run);
    const manifest = JSON.parse(readFileSync(at(`${run}/manifest.json`), 'utf8')) as { resumes: object[] };
    expect(manifest.resumes).toMatchObject([{ step: 2, notes: [expect.stringContaining('Falling back')] }]);
  });

  it('says so when no checkpoint is whole', async () => {
    expect((await train('lost', set('training.steps=2'))).code).toBe(0);
    rmSync(at('lost/checkpoints/step-000002/weight.json'));
    expect(await train('lost', ['--resume'])).toMatchObject({ code: 1, error: expect.stringContaining('RUN_CORRUPT') });
  });

  it('refuses questions or a corpus that changed under the same name', async () => {
    expect((await train('changed', [], 'step 2/6')).code).toBe(130);
    for (const file of ['q.jsonl', 'corpus.jsonl']) {
      const before = readFileSync(at(file), 'utf8');
      appendFileSync(at(file), '{"id":"new","title":"","text":"What?","answers":["x"]}\n');
      const { code, error } = await train('changed', ['--resume']);
      writeFileSync(at(file), before);
      expect([code, error]).toEqual([2, expect.stringContaining('RUN_DATA_CHANGED')]);
    }
    expect((await train('changed', ['--resume'])).code).toBe(0);
    expectSameAsWhole('changed');
  });
});

describe('a rollback', () => {
  const eventsOf = (run: string): string => readFileSync(at(`${run}/events.jsonl`), 'utf8');

  it('puts aside what it takes back, and comes to the same end when the run is stopped after it', async () => {
    const rewards = metricsOf('whole').map(
      (line) => (JSON.parse(line) as Record<string, number>)['reward/outcome-mean'],
    );
    const [most = 0, second = 0] = rewards
      .slice(1)
      .map(Number)
      .sort((one, other) => other - one);
    const words = set(
      'training.watchdog.window=1',
      `training.watchdog.reward={above: ${(most + second) / 2}, action: rollback}`,
      'training.watchdog.rollback.most=100',
      'training.checkpointEvery=1',
    );
    const whole = await train('back-whole', words);
    expect(whole).toEqual({ code: 0, error: expect.stringContaining('rollback 1 of at most 100') });
    const bad = rewards.indexOf(most);
    const events = eventsOf('back-whole').trim().split('\n');
    expect(events.slice(0, 2).map((line) => JSON.parse(line) as object)).toMatchObject([
      { step: bad, kind: 'watchdog', threshold: 'reward', action: 'rollback' },
      { step: bad, kind: 'rollback', to: bad - 1 },
    ]);
    expect(metricsOf('back-whole').map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
    const aside = readFileSync(at('back-whole/rollbacks/1/metrics.jsonl'), 'utf8');
    expect(JSON.parse(aside)).toMatchObject({ step: bad, 'reward/outcome-mean': most });
    expect(readdirSync(at('back-whole/rollbacks/1/trajectories'))).toEqual([`step-00000${bad}.jsonl`]);

    const cut = await train('back-cut', words, 'rollback 1 of at most');
    expect(cut.code).toBe(130);
    expect((await train('back-cut', ['--resume'])).code).toBe(0);
    expect(metricsOf('back-cut')).toEqual(metricsOf('back-whole'));
    expect(eventsOf('back-cut')).toBe(eventsOf('back-whole'));
    expect(weightOf('back-cut')).toBe(weightOf('back-whole'));
  });
});

describe('which checkpoints stay', () => {
  const kept = (run: string): string[] => readdirSync(at(`${run}/checkpoints`)).sort();

  it('the newest, and the best by a metric, which gets one at the step it was measured after', async () => {
    const words = set('training.keepCheckpoints=1', 'training.checkpointEvery=1', 'training.evalEvery=1');
    const best = set('training.keepBest.metric=reward/outcome-mean', 'training.keepBest.mode=min');
    expect((await train('few', [...words, ...best])).code).toBe(0);
    const means = metricsOf('few').map((line) => (JSON.parse(line) as Record<string, number>)['reward/outcome-mean']);
    const lowest = means.indexOf(Math.min(...means.slice(1).map(Number)));
    expect(kept('few')).toEqual([...new Set(['best.json', `step-00000${lowest}`, 'step-000006'])].sort());
    expect(JSON.parse(readFileSync(at('few/checkpoints/best.json'), 'utf8'))).toMatchObject({
      step: lowest,
      metric: 'reward/outcome-mean',
      value: means[lowest],
    });
    expect((await train('newest', words)).code).toBe(0);
    expect(kept('newest')).toEqual(['step-000006']);
  });

  it('of the trajectories the newest: the same ones whether the run was stopped, killed after its last checkpoint, or not', async () => {
    const stays = (run: string): string[] => readdirSync(at(`${run}/trajectories`)).sort();
    const words = set('training.keepTrajectories=2', 'training.checkpointEvery=3', 'training.keepCheckpoints=1');
    expect((await train('short', words)).code).toBe(0);
    expect(stays('short')).toEqual(['step-000005.jsonl', 'step-000006.jsonl']);
    expectSameAsWhole('short');

    expect((await train('short-cut', words, 'step 4/6')).code).toBe(130);
    expect(stays('short-cut')).toEqual([2, 3, 4].map((step) => `step-00000${step}.jsonl`));
    expect((await train('short-cut', [...words, '--resume'])).code).toBe(0);
    expect(stays('short-cut')).toEqual(stays('short'));
    expectSameAsWhole('short-cut');

    // What a run leaves that is killed between its last checkpoint and the clearing up after it.
    writeFileSync(at('short/trajectories/step-000004.jsonl'), '{}\n');
    cpSync(at('short/checkpoints/step-000006'), at('short/checkpoints/step-000004'), { recursive: true });
    expect((await train('short', [...words, '--resume'])).code).toBe(0);
    expect(stays('short')).toEqual(['step-000005.jsonl', 'step-000006.jsonl']);
    expect(kept('short')).toEqual(['step-000006']);

    const some = set('training.trajectoriesEvery=4');
    expect((await train('some', some, 'step 4/6')).code).toBe(130);
    expect((await train('some', [...some, '--resume'])).code).toBe(0);
    expect(stays('some')).toEqual(['step-000004.jsonl']);
    expect((await train('none', set('training.trajectoriesEvery=0', 'training.keepTrajectories=1'))).code).toBe(0);
    expect(existsSync(at('none/trajectories'))).toBe(false);
    expectSameAsWhole('none');
  });

  it('refuses a metric that is not there by its nearest name', async () => {
    const { code, error } = await train('typo', set('training.keepBest.metric=eval/exact-mach'));
    expect([code, error]).toEqual([2, expect.stringContaining('Did you mean "eval/exact-match"?')]);
  });
});
