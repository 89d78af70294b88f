import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf as failure } from '../errors/failure-of.fixture.js';
import { readCheckpoint, readWholeCheckpoint } from './checkpoints.js';
import { readMetrics } from './read-metrics.js';
import { RunFolder } from './run-folder.js';
import type { TrainerState } from '../training/index.js';
import type { RunManifest } from './run-manifest.js';

const manifest = { version: 1, seed: 7 } as RunManifest;
let place = '';
beforeEach(() => {
  place = join(mkdtempSync(join(tmpdir(), 'turnwise-run-')), 'runs/one');
});
afterEach(() => rmSync(join(place, '../..'), { recursive: true, force: true }));

const state: TrainerState = {
  updates: 3,
  data: { pass: 0, position: 4 },
  events: 0,
  best: null,
  plugins: {},
};
const save = async (folder: string): Promise<void> => {
  writeFileSync(join(folder, 'model.safetensors'), 'weights');
  return Promise.resolve();
};

describe('RunFolder', () => {
  it('records a run', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder.appendMetrics({ zeta: 1, 'reward/turn-mean': 0.1 + 0.2, alpha: Number.NaN, step: 1 });
    await folder.writeTrajectories(1, [{ a: 1 }, { b: 2 }]);
    const checkpoint = await folder.writeCheckpoint(1, state, save);
    await folder.tensorBoard().record(1, { step: 1, loss: 2 });
    expect(readFileSync(join(place, 'metrics.jsonl'), 'utf8')).toBe(
      '{"step":1,"reward/turn-mean":0.30000000000000004,"alpha":null,"zeta":1}\n',
    );
    expect(readFileSync(join(place, 'trajectories/step-000001.jsonl'), 'utf8')).toBe('{"a":1}\n{"b":2}\n');
    expect(checkpoint).toBe(join(place, 'checkpoints/step-000001'));
    expect(readdirSync(checkpoint).sort()).toEqual(['model.safetensors', 'trainer.json']);
    expect(await folder.checkpoints()).toEqual([{ step: 1, folder: checkpoint }]);
    expect(await readCheckpoint(checkpoint)).toEqual({ step: 1, folder: checkpoint });
    expect(readdirSync(place).some((name) => name.startsWith('events.out.tfevents.'))).toBe(true);
    await folder[Symbol.asyncDispose]();
    expect(existsSync(join(place, 'run.lock'))).toBe(false);
    expect(readdirSync(place).some((name) => name.includes('partial'))).toBe(false);
  });

  it('refuses a folder that holds a run, and one that holds none to resume', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder[Symbol.asyncDispose]();
    const error = await failure(RunFolder.create(place, manifest));
    expect(error).toMatchObject({ code: 'RUN_EXISTS', where: place });
    expect(existsSync(join(place, 'run.lock'))).toBe(false);
    expect((await failure(RunFolder.open(join(place, 'other')))).code).toBe('RUN_NOT_FOUND');
    const again = await RunFolder.open(place);
    expect(await again.manifest()).toEqual(manifest);
  });

  it('has one writer; a lock whose process is gone is taken over', async () => {
    const folder = await RunFolder.create(place, manifest);
    const error = await failure(RunFolder.open(place));
    expect(error.code).toBe('RUN_EXISTS');
    expect(error.message).toContain(`Process ${process.pid} on`);
    await folder[Symbol.asyncDispose]();
    writeFileSync(join(place, 'run.lock'), `4194304 ${hostname()}\n`);
    await (await RunFolder.open(place))[Symbol.asyncDispose]();
  });

  it('keeps a checkpoint whole or not at all', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder.writeCheckpoint(10, state, save);
    const broken = folder.writeCheckpoint(10, state, async (temporary) => {
      await save(temporary);
      throw new Error('out of memory');
    });
    await expect(broken).rejects.toThrow('out of memory');
    expect(readFileSync(join(place, 'checkpoints/step-000010/model.safetensors'), 'utf8')).toBe('weights');
    expect(readdirSync(join(place, 'checkpoints'))).toEqual(['step-000010']);
    mkdirSync(join(place, 'checkpoints/step-000020'));
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([10]);
    expect((await failure(readCheckpoint(join(place, 'checkpoints/step-000020')))).code).toBe('RUN_NOT_FOUND');
  });

  it('replaces a checkpoint of the same step', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder.writeCheckpoint(10, state, save);
    await folder.writeCheckpoint(10, state, async (temporary) => {
      writeFileSync(join(temporary, 'model.safetensors'), 'better');
      return Promise.resolve();
    });
    expect(readFileSync(join(place, 'checkpoints/step-000010/model.safetensors'), 'utf8')).toBe('better');
    expect(readdirSync(join(place, 'checkpoints'))).toEqual(['step-000010']);
  });

  it('forgets a best checkpoint that was removed for a better one which is gone', async () => {
    const folder = await RunFolder.create(place, manifest);
    const bestAt = (step: number): TrainerState => ({ ...state, best: { step, value: step } });
    await folder.writeCheckpoint(1, bestAt(1), save);
    const first = await folder.writeCheckpoint(2, bestAt(1), save);
    expect((await readWholeCheckpoint(first)).state?.best).toEqual({ step: 1, value: 1 });
    await folder.writeCheckpoint(3, bestAt(3), save);
    await folder.pruneCheckpoints({ newest: 2, also: [3] });
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([2, 3]);
    // Back to before the better one: a best.json that named step 1 would name nothing.
    await folder.appendMetrics({ step: 2 });
    await folder.writeTrajectories(2, []);
    await folder.writeEvaluation(2, []);
    expect((await folder.goBack(2, 1))?.state).toEqual({ ...state, best: null });
  });

  it('keeps what it goes back over, also when no trajectories were written', async () => {
    const folder = await RunFolder.create(place, manifest);
    for (const step of [0, 1, 2, 3]) {
      await folder.appendMetrics({ step });
      await folder.writeEvaluation(step, []);
      if (step > 0) await folder.writeCheckpoint(step, { ...state, updates: step }, save);
      if (step === 1) expect((await folder.goBack(1, 1))?.step).toBe(1);
    }
    await folder.appendEvent({ step: 3, kind: 'note', message: 'x' });
    for (const step of [1, 2, 3]) await folder.writeTrajectories(step, [{ step }]);
    writeFileSync(join(place, 'checkpoints/step-000002/model.safetensors'), 'damaged');
    const back = await folder.goBack(2, 2);
    // The latest that is whole, and not later than asked for.
    expect(back).toMatchObject({ step: 1, checkpoint: join(place, 'checkpoints/step-000001'), state: { updates: 1 } });
    const aside = join(place, 'rollbacks/2');
    expect(readFileSync(join(aside, 'metrics.jsonl'), 'utf8')).toBe('{"step":2}\n{"step":3}\n');
    expect(readdirSync(join(aside, 'trajectories'))).toEqual(['step-000002.jsonl', 'step-000003.jsonl']);
    expect(readFileSync(join(aside, 'trajectories/step-000003.jsonl'), 'utf8')).toBe('{"step":3}\n');
    expect(readdirSync(join(aside, 'evaluations'))).toEqual(['step-000002.jsonl', 'step-000003.jsonl']);
    expect(readdirSync(join(place, 'rollbacks'))).toEqual(['1', '2']);
    expect(await readMetrics(place)).toEqual([{ step: 0 }, { step: 1 }]);
    expect(readdirSync(join(place, 'checkpoints'))).toEqual(['step-000001']);
    // What happened did happen.
    expect(readFileSync(join(place, 'events.jsonl'), 'utf8')).toContain('"note"');
    expect(await folder.goBack(0, 3)).toBeNull();
  });

  it('goes back no further than it has to', async () => {
    const folder = await RunFolder.create(place, manifest);
    for (const step of [0, 1, 2, 3]) {
      await folder.appendMetrics({ step });
      await folder.writeCheckpoint(step, state, save);
    }
    expect((await folder.goBack(2, 1))?.step).toBe(2);
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([0, 1, 2]);
  });

  it('has what each held-out question did, one a line', async () => {
    const folder = await RunFolder.create(place, manifest);
    const scores = ['a', 'b'].map((question) => ({ question, f1: 0.5 }));
    await folder.writeEvaluation(12, scores as never);
    expect(readFileSync(join(place, 'evaluations/step-000012.jsonl'), 'utf8')).toBe(
      '{"question":"a","f1":0.5}\n{"question":"b","f1":0.5}\n',
    );
  });

  it('names its best checkpoint as long as that is there', async () => {
    const folder = await RunFolder.create(place, manifest);
    const best = (): string => readFileSync(join(place, 'checkpoints/best.json'), 'utf8');
    const by = { metric: 'eval/f1', mode: 'max' } as const;
    await folder.writeCheckpoint(1, state, save);
    await folder.writeCheckpoint(2, state, save);
    await folder.writeBest({ step: 1, value: 0.5 }, by);
    await folder.rewindTo(1, 0);
    expect(JSON.parse(best())).toEqual({ step: 1, folder: 'step-000001', ...by, value: 0.5 });
    await folder.writeBest({ step: 2, value: 0.75 }, by);
    await folder.rewindTo(1, 0);
    expect(best).toThrow('ENOENT');
    writeFileSync(join(place, 'checkpoints/best.json'), '{"fol');
    await folder.rewindTo(1, 0);
    expect(best).toThrow('ENOENT');
  });

  it('has removed later checkpoints when its metrics cannot be cut', async () => {
    const folder = await RunFolder.create(place, manifest);
    for (const step of [1, 2, 9, 10]) await folder.writeCheckpoint(step, state, save);
    mkdirSync(join(place, 'metrics.jsonl'));
    expect((await failure(folder.rewindTo(2, 0))).code).toBe('RUN_WRITE_FAILED');
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([1, 2]);
  });

  it('has only checkpoints with a name and state of one, by number', async () => {
    const folder = await RunFolder.create(place, manifest);
    for (const step of [1_000_000, 20, 3]) await folder.writeCheckpoint(step, state, save);
    for (const name of ['my-step-000007', 'step-000008.former', 'step-9']) {
      mkdirSync(join(place, 'checkpoints', name));
      writeFileSync(join(place, 'checkpoints', name, 'trainer.json'), '{}');
    }
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([3, 20, 1_000_000]);
  });

  it('has digests of all files of a checkpoint, however deep, and says which is not what it was', async () => {
    const folder = await RunFolder.create(place, manifest);
    const checkpoint = await folder.writeCheckpoint(1, state, async (temporary) => {
      mkdirSync(join(temporary, 'deep/er'), { recursive: true });
      writeFileSync(join(temporary, 'deep/er/b'), 'bb');
      return save(temporary);
    });
    const trainer = JSON.parse(readFileSync(join(checkpoint, 'trainer.json'), 'utf8')) as object;
    expect(trainer).toMatchObject({
      step: 1,
      search: null,
      files: {
        // `printf bb | sha256sum`
        'deep/er/b': { bytes: 2, sha256: '3b64db95cb55c763391c707108489ae18b4112d783300de38e033b4c98c3deaf' },
        'model.safetensors': { bytes: 7 },
      },
    });
    writeFileSync(join(checkpoint, 'deep/er/b'), 'bc');
    expect(await failure(readCheckpoint(checkpoint))).toMatchObject({
      code: 'RUN_CORRUPT',
      where: checkpoint,
      message: `The checkpoint ${checkpoint} is damaged: deep/er/b is not what was written.`,
    });
  });

  it('has in its checkpoints the search they were made with', async () => {
    const folder = await RunFolder.create(place, { ...manifest, searchKey: 'abc' });
    expect((await readWholeCheckpoint(await folder.writeCheckpoint(1, state, save))).search).toBe('abc');
  });

  it('keeps the newest trajectories, and files that are none', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder.pruneTrajectories(1);
    for (const step of [2, 10, 9]) await folder.writeTrajectories(step, []);
    for (const name of ['step-000001.jsonl.txt', 'my-step-000001.jsonl']) {
      writeFileSync(join(place, 'trajectories', name), '');
    }
    await folder.pruneTrajectories(1);
    expect(readdirSync(join(place, 'trajectories')).sort()).toEqual([
      'my-step-000001.jsonl',
      'step-000001.jsonl.txt',
      'step-000010.jsonl',
    ]);
  });

  it('rewinds to a step, with a line that a crash cut off', async () => {
    const folder = await RunFolder.create(place, manifest);
    for (const step of [0, 1, 2, 3]) {
      await folder.appendMetrics({ step });
      await folder.writeTrajectories(step, []);
    }
    await folder.writeCheckpoint(2, state, save);
    await folder.writeCheckpoint(3, state, save);
    writeFileSync(join(place, 'metrics.jsonl'), `${readFileSync(join(place, 'metrics.jsonl'), 'utf8')}{"step":4,"upd`);
    expect(await readMetrics(place)).toHaveLength(4);
    await folder.rewindTo(2, 0);
    expect((await readMetrics(place)).map((line) => line['step'])).toEqual([0, 1, 2]);
    expect(readdirSync(join(place, 'trajectories'))).toHaveLength(3);
    expect((await folder.checkpoints()).at(-1)).toMatchObject({ step: 2 });
  });

  it('counts steps by their number also where names have become longer', async () => {
    const folder = await RunFolder.create(place, manifest);
    for (const step of [999_998, 999_999, 1_000_000, 1_000_001]) {
      await folder.writeTrajectories(step, []);
      await folder.writeCheckpoint(step, state, save);
    }
    expect((await folder.checkpoints()).at(-1)?.step).toBe(1_000_001);
    await folder.pruneTrajectories(3);
    expect(readdirSync(join(place, 'trajectories')).sort()).toEqual([
      'step-1000000.jsonl',
      'step-1000001.jsonl',
      'step-999999.jsonl',
    ]);
    await folder.rewindTo(1_000_000, 0);
    expect((await folder.checkpoints()).map(({ step }) => step)).toEqual([999_998, 999_999, 1_000_000]);
    expect(readdirSync(join(place, 'trajectories'))).toHaveLength(2);
  });

  it('says which file could not be written', async () => {
    const folder = await RunFolder.create(place, manifest);
    writeFileSync(join(place, 'trajectories'), 'a file where a folder should be');
    const error = await failure(folder.writeTrajectories(1, []));
    expect(error).toMatchObject({ code: 'RUN_WRITE_FAILED', where: join(place, 'trajectories/step-000001.jsonl') });
    expect((await failure(RunFolder.create(join(place, 'manifest.json/x'), manifest))).code).toBe('RUN_WRITE_FAILED');
  });

  it('stays when something was recorded, or something else lies there', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder.appendMetrics({ step: 0 });
    await folder.removeIfEmpty();
    expect(readdirSync(place).sort()).toEqual(['manifest.json', 'metrics.jsonl', 'run.lock']);
    const other = await RunFolder.create(join(place, '../other'), manifest);
    writeFileSync(join(other.path, 'notes.txt'), '');
    await other.removeIfEmpty();
    expect(readdirSync(other.path)).toEqual(['notes.txt']);
  });

  it('leaves nothing behind when nothing was recorded', async () => {
    const folder = await RunFolder.create(place, manifest);
    await folder.removeIfEmpty();
    expect(existsSync(place)).toBe(false);
  });
});

describe('readMetrics', () => {
  it('names a broken line', async () => {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'metrics.jsonl'), '{"step":1}\n{"st\n{"step":3}\n');
    expect(await failure(readMetrics(place))).toMatchObject({
      code: 'RUN_CORRUPT',
      where: `${join(place, 'metrics.jsonl')}:2`,
    });
    expect((await failure(readMetrics(join(place, 'none')))).code).toBe('RUN_NOT_FOUND');
  });
});
