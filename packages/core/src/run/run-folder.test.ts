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
    await folder.rewindTo(2);
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
    await folder.rewindTo(1_000_000);
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
