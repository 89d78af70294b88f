import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, printableConfig, type LoadedConfig } from '../config/index.js';
import { failureOf as failure } from '../errors/failure-of.fixture.js';
import type { TrainerState } from '../training/index.js';
import { readMetrics } from './read-metrics.js';
import { recordedConfig, resumeRun } from './resume-run.js';
import { RunFolder } from './run-folder.js';
import type { RunManifest } from './run-manifest.js';

let root = '';
let place = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'turnwise-resume-'));
  place = join(root, 'one');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const known = new Map<string, Promise<LoadedConfig>>();
/** Four steps, and what is set on top. */
function configured(...set: string[]): Promise<LoadedConfig> {
  const key = set.join(' ');
  const loaded =
    known.get(key) ?? loadConfig({ file: null, set: ['training.steps=4', ...set], currentFolder: tmpdir() });
  known.set(key, loaded);
  return loaded;
}

const digest = (letter: string, count: number) => ({ sha256: letter.repeat(64), count, source: { file: 'x.jsonl' } });
const reward = {
  kind: 'reward',
  id: 'tidy',
  source: 'npm',
  version: '1.0.0',
  integrity: 'sha256-a',
  path: null,
  options: {},
};

async function manifestOf(changes: object = {}): Promise<RunManifest> {
  const loaded = await configured();
  return {
    version: 1,
    createdAt: '2026-11-25T00:00:00.000Z',
    strategy: loaded.strategy,
    seed: 1,
    configFile: null,
    config: printableConfig(loaded),
    plugins: [reward],
    data: { corpus: digest('c', 30), train: digest('t', 20), eval: digest('e', 10) },
    searchKey: 'key',
    versions: {},
    policyComputesWith: { engine: 'wasm' },
    ...changes,
  };
}

const state = (step: number): TrainerState => ({
  updates: step,
  data: { pass: 0, position: step },
  events: step,
  best: null,
  plugins: {},
});

const measured = (value: number): Record<string, number> =>
  Object.fromEntries(
    ['exact-match', 'f1', 'gold-retrieved', 'turns-mean', 'unanswered'].map((name) => [`eval/${name}`, value]),
  );

/** A run of so many steps with a checkpoint after each step named, evaluated before the first and after the second. */
async function recorded(steps: number, checkpoints: readonly number[], changes: object = {}): Promise<RunFolder> {
  const folder = await RunFolder.create(place, await manifestOf(changes));
  for (let step = 0; step <= steps; step++) {
    await folder.appendMetrics({ step, ...(step === 0 ? measured(0.25) : step === 2 ? measured(0.5) : {}) });
    await folder.writeTrajectories(step, []);
    await folder.appendEvent({ step, kind: 'note', message: String(step) });
    if (checkpoints.includes(step)) {
      await folder.writeCheckpoint(step, state(step), (at) => {
        writeFileSync(join(at, 'weights'), `after ${step}`);
        return Promise.resolve();
      });
    }
  }
  return folder;
}

/** Puts another text in the place of a line, the first of which is 1. */
function damageLine(file: string, number: number, text: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.with(number - 1, text).join('\n'));
}

const weights = (step: number): string => join(place, `checkpoints/step-00000${step}/weights`);

describe('a run that goes on', () => {
  it('does so from its latest checkpoint, and forgets what came after', async () => {
    const folder = await recorded(3, [1, 2]);
    const { from, notes } = await resumeRun(folder, await configured(), await manifestOf());
    expect(from).toMatchObject({
      step: 2,
      checkpoint: join(place, 'checkpoints/step-000002'),
      state: { updates: 2 },
      before: { exactMatch: 0.25 },
      after: { f1: 0.5 },
    });
    expect(notes).toEqual([]);
    expect((await readMetrics(place)).map(({ step }) => step)).toEqual([0, 1, 2]);
    expect(readdirSync(join(place, 'trajectories'))).toHaveLength(3);
    // As many as the checkpoint says there were.
    const events = readFileSync(join(place, 'events.jsonl'), 'utf8').trim().split('\n');
    expect(events.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([0, 1]);
    expect((await folder.manifest()).resumes).toMatchObject([{ step: 2, notes: [] }]);
  });

  it('has the measurement from before as its last one when there was none since', async () => {
    const folder = await recorded(1, [1]);
    const { from } = await resumeRun(folder, await configured(), await manifestOf());
    expect(from).toMatchObject({ before: { exactMatch: 0.25 }, after: { exactMatch: 0.25 } });
  });

  it('begins anew when it has no checkpoint, and says so', async () => {
    const folder = await recorded(2, []);
    const { from, notes } = await resumeRun(folder, await configured(), await manifestOf());
    expect(from).toBeNull();
    expect(notes).toEqual([expect.stringContaining('starting from the beginning')]);
    expect(readdirSync(place).sort()).not.toContain('metrics.jsonl');
    expect(readdirSync(join(place, 'trajectories'))).toEqual([]);
  });

  it('falls back to the checkpoint before a damaged one', async () => {
    const folder = await recorded(2, [1, 2]);
    appendFileSync(weights(2), 'x');
    const { from, notes } = await resumeRun(folder, await configured(), await manifestOf());
    expect(from).toMatchObject({ step: 1 });
    expect(notes).toEqual([expect.stringMatching(/weights has 8 bytes instead of 7.*Falling back to the one before/)]);
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([1]);
  });

  it.each<[string, () => void, string]>([
    ['another content', () => writeFileSync(weights(2), 'AFTER 2'), 'weights is not what was written'],
    ['a file less', () => rmSync(weights(2)), 'weights is missing'],
    [
      'the name of another step',
      () => {
        rmSync(join(place, 'checkpoints/step-000001'), { recursive: true });
        renameSync(join(place, 'checkpoints/step-000002'), join(place, 'checkpoints/step-000001'));
      },
      'says it is of step 2',
    ],
    ['no metrics', () => rmSync(join(place, 'metrics.jsonl')), 'metrics.jsonl has lost steps'],
    [
      'metrics that lack a step',
      () => writeFileSync(join(place, 'metrics.jsonl'), `{"step":0,${JSON.stringify(measured(1)).slice(1)}\n`),
      'metrics.jsonl has lost steps',
    ],
    [
      'metrics that lack their beginning',
      () =>
        writeFileSync(
          join(place, 'metrics.jsonl'),
          [1, 2, 3].map((step) => `${JSON.stringify({ step, ...measured(1) })}\n`).join(''),
        ),
      'metrics.jsonl has lost steps',
    ],
  ])('goes not on from checkpoints with %s', async (_, damage, says) => {
    const folder = await recorded(2, [1, 2]);
    rmSync(weights(1));
    damage();
    const before = readdirSync(join(place, 'checkpoints'));
    const error = await failure(resumeRun(folder, await configured(), await manifestOf()));
    const where = says.startsWith('metrics.jsonl') ? join(place, 'metrics.jsonl') : place;
    expect(error).toMatchObject({ code: 'RUN_CORRUPT', where });
    expect(error.message).toContain(says);
    // Whoever can mend it still finds everything.
    expect(readdirSync(join(place, 'checkpoints'))).toEqual(before);
  });

  it('blames a damaged line of the metrics for itself, once, and goes on when it is mended', async () => {
    const folder = await recorded(3, [1, 2, 3]);
    const metrics = join(place, 'metrics.jsonl');
    damageLine(metrics, 2, 'garbage');
    const error = await failure(resumeRun(folder, await configured(), await manifestOf()));
    expect(error).toMatchObject({
      code: 'RUN_CORRUPT',
      message: `The run in ${place} can go on from none of its checkpoints: ${metrics}:2: the line is not valid JSON.`,
      where: `${metrics}:2`,
    });
    expect(error.hint).toMatch(/^Put the line back from a copy.*\{"step":1\} in its place.* Or start anew in another/);
    expect(await folder.checkpoints()).toHaveLength(3);
    damageLine(metrics, 2, '{"step":1}');
    expect((await resumeRun(folder, await configured(), await manifestOf())).from).toMatchObject({ step: 3 });
  });

  it('falls back once from all checkpoints that a damaged line of the metrics ails', async () => {
    const folder = await recorded(4, [1, 2, 3, 4]);
    damageLine(join(place, 'metrics.jsonl'), 3, '[]');
    const { from, notes } = await resumeRun(folder, await configured(), await manifestOf());
    expect(from).toMatchObject({ step: 1, before: { exactMatch: 0.25 }, after: { exactMatch: 0.25 } });
    expect(notes).toEqual([expect.stringMatching(/metrics\.jsonl:3: the line is no JSON object\. Falling back/)]);
  });

  it('does not take a checkpoint that cannot be read now for a damaged one', async () => {
    const folder = await recorded(2, [1, 2]);
    const file = join(place, 'checkpoints/step-000002/trainer.json');
    rmSync(file);
    mkdirSync(file);
    const error = await failure(resumeRun(folder, await configured(), await manifestOf()));
    expect(error.code).toBe('RUN_NOT_FOUND');
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([1, 2]);
    expect(await failure(folder.goBack(2, 1))).toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect((await readMetrics(place)).map(({ step }) => step)).toEqual([0, 1, 2]);
  });

  it('says when all of its steps are done, and refuses fewer than it has', async () => {
    const folder = await recorded(4, [2, 4]);
    const { notes } = await resumeRun(folder, await configured(), await manifestOf());
    expect(notes).toEqual([expect.stringMatching(/all of its 4 steps.*--set training\.steps=8/)]);
    const fewer = await failure(resumeRun(folder, await configured('training.steps=3'), await manifestOf()));
    expect(fewer).toMatchObject({ code: 'RUN_EXISTS', where: place });
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([2, 4]);
  });

  it('may be longer, elsewhere and measured more often; the manifest has what it is now', async () => {
    const folder = await recorded(2, [2]);
    const now = await configured('training.steps=9', 'training.evalEvery=3', 'run.name=two', 'rollout.concurrency=2');
    await resumeRun(folder, now, await manifestOf());
    await resumeRun(folder, now, await manifestOf());
    const { config, resumes } = await folder.manifest();
    expect(config).toMatchObject({ training: { steps: 9, evalEvery: 3 }, run: { name: 'two' } });
    expect(resumes).toHaveLength(2);
  });

  it.each(['seed=9', 'training.learningRate=0.5', 'rollout.groupSize=2', 'rollout.temperature=0.5'])(
    'may not have %s',
    async (set) => {
      const folder = await recorded(2, [2]);
      const error = await failure(resumeRun(folder, await configured(set), await manifestOf()));
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', where: `--set ${set}` });
      expect(error.message).toContain(`${set.split('=')[0]} is ${set.split('=')[1]}, was `);
      expect((await folder.manifest()).resumes).toBeUndefined();
    },
  );

  it('had the defaults of keys that came after it', async () => {
    const { config, ...rest } = await manifestOf();
    const { maxGradientNorm: _, ...training } = config.training;
    const folder = await recorded(2, [2], { ...rest, config: { ...config, training } });
    expect((await resumeRun(folder, await configured(), await manifestOf())).from).toMatchObject({ step: 2 });
  });

  it('tells of a recorded configuration that is not accepted any more what differs', async () => {
    const { config } = await manifestOf();
    const folder = await recorded(2, [2], { config: { ...config, gone: 1 } });
    const error = await failure(resumeRun(folder, await configured(), await manifestOf()));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error.message).toContain('gone is nothing, was 1');
  });

  it.each<[string, object, string]>([
    ['training questions', { data: { train: digest('x', 21) } }, 'data.train'],
    ['held-out questions', { data: { eval: digest('x', 11) } }, 'data.eval'],
    ['corpus', { data: { corpus: digest('x', 31) } }, 'corpus'],
    ['search', { searchKey: 'other' }, 'search'],
  ])('may not have another %s', async (_, changes, where) => {
    const folder = await recorded(2, [2]);
    const error = await failure(resumeRun(folder, await configured(), await manifestOf(changes)));
    expect(error).toMatchObject({ code: 'RUN_DATA_CHANGED', where });
    if ('data' in changes) expect(error.message).toMatch(/SHA-256 x{12} \(\d1\) instead of ([cte])\1{11} \(\d0\)/);
    expect(readFileSync(weights(2), 'utf8')).toBe('after 2');
  });

  it('is not asked for what an earlier version did not record', async () => {
    const folder = await recorded(2, [2], { searchKey: undefined, data: {}, policyComputesWith: undefined });
    expect((await resumeRun(folder, await configured(), await manifestOf())).notes).toEqual([]);
    expect((await folder.manifest()).policyComputesWith).toEqual({ engine: 'wasm' });
  });

  it('notes other code and another engine than before', async () => {
    const folder = await recorded(2, [2]);
    const plugins = [
      { ...reward, version: '1.1.0' },
      { ...reward, id: 'new', version: '3.0.0' },
      { ...reward, kind: 'search', version: '2.0.0' },
    ];
    const present = await manifestOf({ plugins, policyComputesWith: { engine: 'tfjs', threads: '2' } });
    const { notes } = await resumeRun(folder, await configured(), present);
    expect(notes).toEqual([
      'Other code than before: reward tidy (1.0.0 -> 1.1.0). The rest may differ.',
      'Another engine than before: tfjs instead of wasm. The rest may differ.',
    ]);
    expect((await folder.manifest()).policyComputesWith).toEqual({ engine: 'tfjs', threads: '2' });
    expect((await folder.manifest()).resumes).toMatchObject([{ notes }]);
  });

  it('notes code that changed under the same version', async () => {
    const folder = await recorded(2, [2]);
    const present = await manifestOf({ plugins: [{ ...reward, integrity: 'sha256-b' }] });
    const { notes } = await resumeRun(folder, await configured(), present);
    expect(notes).toEqual(['Other code than before: reward tidy. The rest may differ.']);
  });
});

describe('recordedConfig', () => {
  it('is the configuration of the run, with what is set on top', async () => {
    await recorded(1, [1], { strategy: 'mine' });
    const loaded = await recordedConfig(place, ['training.steps=7'], root);
    expect(loaded).toMatchObject({ strategy: 'mine', file: null, folder: root });
    expect(loaded.config).toEqual({ ...(await configured('training.steps=7')).config });
  });

  it('has relative paths start where the configuration file was', async () => {
    await recorded(1, [1], { configFile: join(root, 'elsewhere/run.yaml') });
    const loaded = await recordedConfig(place, [], root);
    expect(loaded).toMatchObject({ file: join(root, 'elsewhere/run.yaml'), folder: join(root, 'elsewhere') });
  });
});
