import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { TrainerState } from '../training/index.js';
import { readWholeCheckpoint, writeCheckpoint } from './checkpoints.js';
import { readMetrics } from './read-metrics.js';
import { readManifest } from './read-manifest.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const state: TrainerState = {
  updates: 2,
  data: { pass: 0, position: 4 },
  events: 1,
  best: { step: 1, value: 0.5 },
  plugins: { 'reward moody': { random: [1, -2, 3, 4], state: { seen: 3 } }, 'search lunr': { random: [1, 2, 3, 4] } },
  questions: [['q1', { visits: 1, lastStep: 1, success: 0.5, signal: 1, faults: ['x'] }]],
  watchdog: { recent: { kl: [0.1] }, highest: { kl: 0.1 }, lowest: {}, crossed: ['kl'] },
  rollbacks: 0,
};

async function checkpointWith(change: (trainer: Record<string, unknown>) => unknown): Promise<string> {
  const place = await writeCheckpoint(folder, 2, { state, search: null }, (at) => {
    writeFileSync(join(at, 'weights'), 'w');
    return Promise.resolve();
  });
  const trainer = JSON.parse(JSON.stringify({ step: 2, search: null, state, files: {} })) as Record<string, unknown>;
  writeFileSync(join(place, 'trainer.json'), JSON.stringify(change(trainer)));
  return place;
}

const withState = (changes: object) => (trainer: object) => ({ ...trainer, state: { ...state, ...changes } });
const withFiles = (files: unknown) => (trainer: object) => ({ ...trainer, files });

describe('trainer.json', () => {
  it('is taken as it was written, also of versions that knew less', async () => {
    expect((await readWholeCheckpoint(await checkpointWith((trainer) => trainer))).state).toEqual({
      ...state,
      best: null,
    });
    expect(await readWholeCheckpoint(await checkpointWith(() => ({ step: 2, core: '0.0.1' })))).toMatchObject({
      step: 2,
      state: null,
    });
  });

  it.each<[string, (trainer: Record<string, unknown>) => unknown, string]>([
    ['null', () => null, 'expected an object'],
    ['a step that is none', (trainer) => ({ ...trainer, step: -1 }), 'step: '],
    ['a text for a state', (trainer) => ({ ...trainer, state: 'x' }), 'state: '],
    ['updates as text', withState({ updates: 'many' }), 'state.updates: '],
    ['no plugins', withState({ plugins: null }), 'state.plugins: '],
    [
      'a stream without a place',
      withState({ plugins: { 'reward moody': { random: 'x' } } }),
      'state.plugins.reward moody.random: ',
    ],
    ['questions that are none', withState({ questions: ['x'] }), 'state.questions[0]: '],
    ['a question without a record', withState({ questions: [['q1', null]] }), 'state.questions[0][1]: '],
    ['a watchdog without memory', withState({ watchdog: { recent: 5 } }), 'state.watchdog.recent: '],
    ['a best step that is a path', withState({ best: { step: '../../x', value: 1 } }), 'state.best.step: '],
    ['files that are none', withFiles(5), 'files: '],
    ['a file that is none', withFiles({ weights: null }), 'files.weights: '],
    [
      'a file elsewhere',
      withFiles({ '../../../../dev/zero': { bytes: 0, sha256: '' } }),
      'names of files in the checkpoint',
    ],
    ['a file from the root', withFiles({ '/dev/zero': { bytes: 0, sha256: '' } }), 'names of files in the checkpoint'],
  ])('with %s is refused by its name', async (_, change, says) => {
    const place = await checkpointWith(change);
    await expect(readWholeCheckpoint(place)).rejects.toMatchObject({
      code: 'RUN_CORRUPT',
      message: expect.stringMatching(/trainer\.json cannot be read: /) as unknown,
    });
    await expect(readWholeCheckpoint(place)).rejects.toThrow(says);
  });

  it('with a trainer.json that is no JSON is told on one line', async () => {
    const place = await checkpointWith((trainer) => trainer);
    writeFileSync(join(place, 'trainer.json'), '\u001b\n');
    await expect(readWholeCheckpoint(place)).rejects.toMatchObject({
      code: 'RUN_CORRUPT',
      message: expect.stringMatching(/^.*trainer\.json is not valid JSON: Unexpected token '\\u001b'.*\.$/) as unknown,
      hint: expect.stringContaining('another checkpoint') as unknown,
    });
  });

  it('may be read from a copy of the folder under another name', async () => {
    const copy = join(folder, 'copied');
    cpSync(await checkpointWith((trainer) => trainer), copy, { recursive: true });
    expect((await readWholeCheckpoint(copy)).step).toBe(2);
  });
});

describe('manifest.json and metrics.jsonl', () => {
  it.each([
    ['null', 'expected an object'],
    ['{"resumes":5}', 'resumes: '],
    ['{"plugins":{}}', 'plugins: '],
    ['{"data":null}', 'data: '],
    ['{"configFile":7}', 'configFile: '],
  ])('%s is no manifest', async (text, says) => {
    writeFileSync(join(folder, 'manifest.json'), text);
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'RUN_CORRUPT',
      message: expect.stringContaining(says) as unknown,
    });
  });

  it.each([
    ['garbage\n', `Unexpected token 'g', "garbage "`],
    ['\u001b[2J\u202e', `Unexpected token '\\u001b', "\\u001b[2J\\u202e"`],
    ['', 'Unexpected end of JSON input'],
  ])('%j is told on one line, once, and how to mend it', async (text, says) => {
    const file = join(folder, 'manifest.json');
    writeFileSync(file, text);
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'RUN_CORRUPT',
      message: `${file} is not valid JSON: ${says}.`,
      where: file,
      hint: expect.stringContaining('from a copy') as unknown,
    });
  });

  it.each(['null', '5', '[]', '"x"'])('%s is no line of metrics', async (text) => {
    writeFileSync(join(folder, 'metrics.jsonl'), `{"step":0}\n${text}\n`);
    await expect(readMetrics(folder)).rejects.toMatchObject({
      code: 'RUN_CORRUPT',
      message: `${join(folder, 'metrics.jsonl')}:2: the line is no JSON object.`,
    });
  });
});
