import { describe, expect, it } from '@jest/globals';
import { FakeTraining, fakeData, fakeSettings, type Script } from './fake-training.fixture.js';
import { trainRun } from './train-run.js';
import type {
  HeldOutScores,
  ResumePoint,
  TrainingOptions,
  TrainingParts,
  TrainingSettings,
} from './training-settings.js';

const mixed: Script = ({ index }) => (index === 0 ? 'answer:gold' : 'answer:no');

function run(
  fake: FakeTraining,
  settings: TrainingSettings,
  options: Partial<TrainingOptions> = {},
  parts: Partial<TrainingParts> = {},
) {
  const { record } = fake;
  const signal = new AbortController().signal;
  return trainRun({ ...fake.parts, ...parts }, settings, fakeData, { record, signal, ...options });
}

const measured: HeldOutScores = { exactMatch: 0, f1: 0, goldRetrieved: 0, turnsMean: 1, unanswered: 0 };

const resumeAt = (step: number, state: ResumePoint['state']): ResumePoint => ({
  ...{ step, checkpoint: `checkpoint-${step}`, state },
  ...{ before: measured, after: measured },
});

describe('what is recorded after which step', () => {
  it('is as often as asked for', async () => {
    const fake = new FakeTraining(mixed);
    const evaluated: number[] = [];
    fake.record.writeEvaluation = (step) => Promise.resolve(void evaluated.push(step));
    await run(fake, fakeSettings({ steps: 7, evalEvery: 3, trajectoriesEvery: 2, checkpointEvery: 4 }));
    expect(evaluated).toEqual([0, 3, 6, 7]);
    expect(fake.metrics.flatMap((row) => ('eval/f1' in row ? row['step'] : []))).toEqual([0, 3, 6, 7]);
    expect([...fake.lines.keys()]).toEqual([2, 4, 6]);
    expect([...fake.disk.keys()]).toEqual(['checkpoint-4', 'checkpoint-7']);
  });

  it('is the least of it with 0: the measurements and the checkpoint at the end', async () => {
    const fake = new FakeTraining(mixed);
    await run(fake, fakeSettings({ steps: 3, evalEvery: 0, trajectoriesEvery: 0, checkpointEvery: 0 }));
    expect(fake.metrics.flatMap((row) => ('eval/f1' in row ? row['step'] : []))).toEqual([0, 3]);
    expect(fake.lines.size).toBe(0);
    expect([...fake.disk.keys()]).toEqual(['checkpoint-3']);
  });

  it('keeps the newest trajectories, once there is a checkpoint', async () => {
    const fake = new FakeTraining(mixed);
    await run(fake, fakeSettings({ steps: 5, keepTrajectories: 2, checkpointEvery: 5 }));
    expect([...fake.lines.keys()]).toEqual([4, 5]);
    const all = new FakeTraining(mixed);
    await run(all, fakeSettings({ steps: 5, checkpointEvery: 5 }));
    expect(all.lines.size).toBe(5);
  });

  it('is a checkpoint of the step under way when the run is interrupted, and nothing after', async () => {
    const interrupt = new AbortController();
    const fake = new FakeTraining((place) => {
      if (place.purpose === 'train' && place.step === 2) interrupt.abort(new Error('enough'));
      return mixed(place);
    });
    await expect(run(fake, fakeSettings({ steps: 5 }), { interrupt: interrupt.signal })).rejects.toThrow('enough');
    expect(fake.metrics.map(({ step }) => step)).toEqual([0, 1, 2]);
    expect([...fake.disk]).toEqual([['checkpoint-2', 2]]);
  });
});

describe('the best checkpoint', () => {
  const losses = [0.5, 0.3, 0.4, 0.2, 0.6];

  it('is written whenever a step is better than all before, and named to what removes checkpoints', async () => {
    const fake = new FakeTraining(mixed);
    fake.losses = (update) => losses[update - 1] as number;
    await run(fake, fakeSettings({ steps: 5, keepBest: { metric: 'update/loss', mode: 'min' }, keepCheckpoints: 1 }));
    expect([...fake.disk.keys()].map((name) => name.slice(-1))).toEqual(['1', '2', '4', '5']);
    expect(fake.best).toEqual({ step: 4, value: 0.2 });
    expect(fake.retention).toEqual({ newest: 1, also: [4] });
    expect(fake.states.get('checkpoint-5')?.best).toEqual({ step: 4, value: 0.2 });
  });

  it('is what a run that goes on has to be better than', async () => {
    const whole = new FakeTraining(mixed);
    whole.losses = (update) => losses[update - 1] as number;
    const settings = fakeSettings({ steps: 5, keepBest: { metric: 'update/loss', mode: 'min' } });
    await run(whole, settings);
    const state = whole.states.get('checkpoint-2') ?? null;
    const rest = new FakeTraining(mixed);
    rest.losses = (update) => losses[update + 1] as number;
    const told: unknown[] = [];
    const { record } = rest;
    const writeBest = record.writeBest.bind(record);
    record.writeBest = (best, by) => writeBest(best, by).then(() => void told.push(best));
    await run(rest, settings, { resume: resumeAt(2, state) });
    // What stood in best.json may have been of a later step than the checkpoint.
    expect(told).toEqual([
      { step: 2, value: 0.3 },
      { step: 4, value: 0.2 },
    ]);
    expect([...rest.disk.keys()]).toEqual(['checkpoint-4', 'checkpoint-5']);
  });

  it('is asked for by a metric there is: of held-out questions before the first step, of others after it', async () => {
    const fake = new FakeTraining(mixed);
    const unknown = (metric: string) => run(fake, fakeSettings({ keepBest: { metric, mode: 'max' } }));
    await expect(unknown('eval/f2')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'training.keepBest.metric',
      message: expect.stringContaining('eval/f1') as unknown,
    });
    expect(fake.batches).toEqual([]);
    await expect(unknown('update/lost')).rejects.toMatchObject({
      message: expect.stringContaining('update/loss') as unknown,
      hint: expect.not.stringMatching(/\bstep\b/) as unknown,
    });
    expect(fake.disk.size).toBe(0);
    await run(fake, fakeSettings({ keepBest: { metric: 'eval/f1', mode: 'max' } }));
    expect(fake.best).toMatchObject({ value: 1 });
  });
});

describe('a checkpoint', () => {
  it('says where the next questions are, and how many updates and events there were', async () => {
    const fake = new FakeTraining(mixed);
    // Of 12 questions two a step: six steps are a pass.
    await run(fake, fakeSettings({ steps: 8, checkpointEvery: 1, epochs: 2 }));
    expect(fake.states.get('checkpoint-1')).toMatchObject({ data: { pass: 0, position: 2 }, updates: 2, events: 0 });
    expect(fake.states.get('checkpoint-5')).toMatchObject({ data: { pass: 0, position: 10 }, updates: 10 });
    expect(fake.states.get('checkpoint-6')).toMatchObject({ data: { pass: 1, position: 0 } });
    expect(fake.states.get('checkpoint-8')).toMatchObject({ data: { pass: 1, position: 4 }, rollbacks: 0 });
  });

  it('of a version that kept no state has had the updates of all its steps', async () => {
    const fake = new FakeTraining(mixed);
    fake.disk.set('checkpoint-3', 6);
    await run(fake, fakeSettings({ steps: 4, epochs: 2 }), { resume: resumeAt(3, null) });
    expect(fake.states.get('checkpoint-4')).toMatchObject({ updates: 8, events: 0, best: null, rollbacks: 0 });
  });

  it('holds what plugins know, and gives it back', async () => {
    const restored: unknown[] = [];
    const pluginStates = {
      save: () => ({ 'reward moody': 3 }),
      restore: (saved: unknown) => void restored.push(saved),
    };
    const fake = new FakeTraining(mixed);
    await run(fake, fakeSettings({ steps: 1 }), {}, { pluginStates });
    const state = fake.states.get('checkpoint-1') ?? null;
    expect(state?.plugins).toEqual({ 'reward moody': 3 });
    await run(fake, fakeSettings({ steps: 2 }), { resume: resumeAt(1, state) }, { pluginStates });
    expect(restored).toEqual([{ 'reward moody': 3 }]);
  });

  it('is asked to leave what need not stay when a run goes on: it may have been killed before it was', async () => {
    const fake = new FakeTraining(mixed);
    await run(fake, fakeSettings({ steps: 3, checkpointEvery: 0, keepCheckpoints: 2 }), { resume: resumeAt(3, null) });
    expect(fake.metrics).toEqual([]);
    expect(fake.retention).toEqual({ newest: 2, also: [] });
  });
});
