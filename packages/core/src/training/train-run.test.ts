import { describe, expect, it } from '@jest/globals';
import { TurnwiseError } from '../errors/index.js';
import { FakeTraining, fakeData, fakeSettings, type Script } from './fake-training.fixture.js';
import { trainRun } from './train-run.js';
import type { TrainingOptions, TrainingParts, TrainingSettings } from './training-settings.js';

/** The first of each group is right, the other wrong: every group lives. */
const mixed: Script = ({ index }) => (index === 0 ? 'answer:gold' : 'answer:no');

function run(
  fake: FakeTraining,
  settings: TrainingSettings = fakeSettings(),
  options: Partial<TrainingOptions> = {},
  parts: Partial<TrainingParts> = {},
) {
  const { record, onProgress } = fake;
  const signal = new AbortController().signal;
  return trainRun({ ...fake.parts, ...parts }, settings, fakeData, { record, onProgress, signal, ...options });
}

/** Metrics without wall times. */
function untimed(metrics: readonly Readonly<Record<string, number>>[]): Record<string, number>[] {
  return metrics.map((line) => Object.fromEntries(Object.entries(line).filter(([key]) => !key.endsWith('/seconds'))));
}

describe('trainRun', () => {
  it('measures, then samples, updates, records, saves, tells: in this order', async () => {
    const fake = new FakeTraining(mixed);
    const summary = await run(fake, fakeSettings({ checkpointEvery: 2, evalEvery: 1, steps: 3 }));
    const step = (number: number, ...save: string[]) => [
      ...['forwardBackward', 'optimStep', `trajectories ${number}`, `metrics ${number}`],
      `track ${number}`,
      ...save,
      `done ${number}`,
    ];
    expect(fake.events).toEqual([
      ...['metrics 0', 'done 0'],
      ...step(1),
      ...step(2, 'save checkpoint-2'),
      ...step(3, 'save checkpoint-3'),
    ]);
    expect(fake.asked.filter((place) => place.startsWith('evaluation'))).toHaveLength(4);
    expect(summary).toMatchObject({ steps: 3, trajectories: 12, failures: 0, lastCheckpoint: 'checkpoint-3' });
    expect(summary.after.exactMatch).toBe(1);
    const phases = fake.progress.filter(({ step }) => step === 1).map(({ phase }) => phase);
    expect([...new Set(phases)]).toEqual(['rollout', 'update', 'evaluation', 'done']);
  });

  it('records what happened: rewards, composition, update, and each group with its advantages', async () => {
    const fake = new FakeTraining(mixed);
    await run(fake);
    expect(fake.metrics[1]).toMatchObject({
      step: 1,
      'reward/outcome-mean': 0.5,
      'groups/mixed': 1,
      'groups/dead': 0,
      'rollout/tokens': 2 * ('answer:gold'.length + 'answer:no'.length),
      'update/loss': 0.5,
      'update/gradient-norm': 1,
      'update/entropy': 1,
    });
    expect(Object.keys(fake.metrics[1] ?? {})).not.toContain('rollout/rounds');
    expect(fake.metrics.every((line) => Object.values(line).every(Number.isFinite))).toBe(true);
    expect(fake.lines.get(1)).toHaveLength(2);
    expect(fake.lines.get(1)?.[0]).toMatchObject({
      step: 1,
      shaped: [{ outcome: 1 }, { outcome: 0 }],
      advantages: { composition: 'mixed', turns: [[0.5], [-0.5]] },
    });
    expect(Object.keys(fake.lines.get(1)?.[0] as object)).toEqual([
      'step',
      'question',
      'trajectories',
      'shaped',
      'advantages',
    ]);
  });

  it('makes several updates on a batch and records their means', async () => {
    const fake = new FakeTraining(mixed);
    fake.losses = (update) => update;
    await run(fake, fakeSettings({ epochs: 3, steps: 1 }));
    expect(fake.metrics[1]?.['update/loss']).toBe(2);
    expect(fake.batches.every((batch) => batch === fake.batches[0])).toBe(true);
    expect(fake.weights).toBe(3);
  });

  it('never trains on trajectories that infrastructure ended, counts them, and leaves them out of statistics', async () => {
    const fake = new FakeTraining(({ index, turn }) => {
      if (index === 2) return turn === 0 ? 'search:down' : 'answer:gold';
      return index === 0 ? 'answer:gold' : 'answer:no';
    });
    const summary = await run(fake, fakeSettings({ steps: 1 }, { groupSize: 3 }));
    expect(summary).toMatchObject({ trajectories: 6, failures: 2 });
    expect(fake.metrics[1]).toMatchObject({ 'reward/outcome-mean': 0.5, 'trajectories/abstained': 1 / 3 });
    expect(fake.batches[0]?.sequences.map(({ trajectoryId }) => trajectoryId.split('/')[1])).toEqual([
      '0',
      '1',
      '0',
      '1',
    ]);
    expect(fake.lines.get(1)?.[0]).toMatchObject({
      trajectories: [{}, {}, { failure: { code: 'ROLLOUT_SEARCH' } }],
      advantages: { turns: [[0.5], [-0.5], [0, 0]] },
    });
  });

  it('ends when every trajectory of a step failed', async () => {
    const fake = new FakeTraining(({ purpose }) => (purpose === 'train' ? 'search:down' : 'answer:gold'));
    await expect(run(fake)).rejects.toMatchObject({ code: 'ROLLOUT_ALL_FAILED' });
    expect(fake.events).toEqual(['metrics 0', 'done 0']);
  });

  it('says which measurements an outage spoiled, and ends when every held-out trajectory failed', async () => {
    const spoiled = new FakeTraining((place) =>
      place.purpose === 'evaluation' && place.step === 1 && place.index === 1 && place.turn === 0
        ? 'search:down'
        : mixed(place),
    );
    const settings = fakeSettings({ steps: 2, evalEvery: 1 });
    await run(spoiled, { ...settings, evaluation: { temperature: 0, groupSize: 2 } });
    expect(spoiled.metrics.map((metrics) => metrics['eval/failures'])).toEqual([undefined, 1, undefined]);
    const dead = new FakeTraining((place) => (place.purpose === 'evaluation' ? 'search:down' : mixed(place)));
    await expect(run(dead)).rejects.toMatchObject({
      code: 'ROLLOUT_ALL_FAILED',
      message: expect.stringContaining('held-out trajectories of step 0') as unknown,
    });
    expect(dead.metrics).toEqual([]);
  });

  it('refuses a policy that cannot be trained, before anything is sampled', async () => {
    const fake = new FakeTraining(mixed);
    const settings = fakeSettings();
    const gspo = { ...settings, objective: { ...settings.objective, kind: 'gspo' as const, low: 0.1, high: 0.1 } };
    await expect(run(fake, gspo)).rejects.toMatchObject({ code: 'RUN_NOT_TRAINABLE', where: 'objective.kind' });
    const fixed = { ...fake.policy, capabilities: { ...fake.policy.capabilities, trainable: false } };
    await expect(run(fake, settings, {}, { policy: fixed })).rejects.toMatchObject({ where: 'policy.use' });
    expect(fake.asked).toEqual([]);
  });

  it('stops on an abort and records nothing of the step under way', async () => {
    const controller = new AbortController();
    const fake = new FakeTraining((place) => {
      if (place.step === 2) controller.abort(new Error('enough'));
      return mixed(place);
    });
    await expect(run(fake, fakeSettings(), { signal: controller.signal })).rejects.toThrow('enough');
    expect(fake.events.slice(-2)).toEqual(['track 1', 'done 1']);
    expect(fake.weights).toBe(1);
  });

  it('goes on from a checkpoint exactly as if it had never stopped', async () => {
    // Later answers depend on earlier updates: a policy that did not load its weights would differ.
    const script: Script = ({ index, weights, step }) =>
      index < (weights % 3) + 1 || step > 5 ? 'answer:gold' : 'answer:no';
    const settings = fakeSettings(
      { steps: 4, checkpointEvery: 2, evalEvery: 2, deadGroups: { policy: 'refill', maxRounds: 3 } },
      { groupSize: 3 },
    );
    const whole = new FakeTraining(script);
    const first = await run(whole, settings);
    const rest = new FakeTraining(script);
    rest.disk.set('checkpoint-2', whole.disk.get('checkpoint-2') ?? NaN);
    const state = whole.states.get('checkpoint-2') ?? null;
    const resume = { step: 2, checkpoint: 'checkpoint-2', state, before: first.before, after: first.before };
    const second = await run(rest, settings, { resume });
    expect(second.steps).toBe(settings.training.steps - 2);
    expect(rest.events[0]).toBe('load checkpoint-2');
    expect(rest.events).not.toContain('metrics 0');
    expect(untimed(rest.metrics)).toEqual(untimed(whole.metrics.slice(3)));
    expect([...rest.lines]).toEqual([...whole.lines].slice(2));
    expect(rest.weights).toBe(whole.weights);
    expect(second).toMatchObject({ before: first.before, after: first.after, lastCheckpoint: 'checkpoint-4' });
  });
});

describe('worker threads that end for good', () => {
  const dead = (): never => {
    throw new TurnwiseError('RUN_WORKER_FAILED', 'ended 3 times in the same work');
  };

  /** Fails in step 3 of a run that saves every fifth. */
  function failing(place: 'sample' | 'forwardBackward' | 'optimStep', epochs = 1) {
    const fake = new FakeTraining((at) => (place === 'sample' && at.step === 3 ? dead() : mixed(at)));
    const { loss, norm } = { loss: fake.losses, norm: fake.gradientNorms };
    const last = 3 * epochs;
    fake.losses = (update) => (place === 'forwardBackward' && update === last ? dead() : loss(update));
    fake.gradientNorms = (update) => (place === 'optimStep' && update === last ? dead() : norm(update));
    return { fake, ended: run(fake, fakeSettings({ steps: 9, checkpointEvery: 5, epochs })) };
  }

  it.each(['sample', 'forwardBackward'] as const)(
    'in %s: the run ends with its last whole step saved',
    async (place) => {
      const { fake, ended } = failing(place);
      await expect(ended).rejects.toMatchObject({ code: 'RUN_WORKER_FAILED' });
      expect([...fake.disk]).toEqual([['checkpoint-2', 2]]);
      expect(fake.states.get('checkpoint-2')).toMatchObject({ updates: 2 });
      expect(fake.progress.at(-1)).toMatchObject({ message: 'step 3 could not be made; saved as after step 2' });
    },
  );

  it('saves nothing that is not the state of a whole step', async () => {
    for (const [place, epochs] of [
      ['optimStep', 1],
      ['forwardBackward', 2],
    ] as const) {
      const { fake, ended } = failing(place, epochs);
      await expect(ended).rejects.toMatchObject({ code: 'RUN_WORKER_FAILED' });
      expect([...fake.disk]).toEqual([]);
    }
  });

  it('goes on from there as an undisturbed run', async () => {
    const { fake, ended } = failing('sample');
    await ended.catch(() => undefined);
    const rest = new FakeTraining(mixed);
    rest.disk.set('checkpoint-2', fake.disk.get('checkpoint-2') ?? NaN);
    const settings = fakeSettings({ steps: 9, checkpointEvery: 5 });
    const whole = new FakeTraining(mixed);
    const { before } = await run(whole, settings);
    const state = fake.states.get('checkpoint-2') ?? null;
    await run(rest, settings, { resume: { step: 2, checkpoint: 'checkpoint-2', state, before, after: before } });
    expect(untimed(rest.metrics)).toEqual(untimed(whole.metrics.slice(3)));
  });

  it('says what ended it even when it cannot be saved', async () => {
    const { fake, ended } = failing('sample');
    fake.policy.save = () => Promise.reject(new Error('disk full'));
    await expect(ended).rejects.toMatchObject({ code: 'RUN_WORKER_FAILED' });
  });
});

describe('numbers that are not finite', () => {
  const nothingOfStep2 = ['track 1', 'done 1'];

  it.each([NaN, Infinity])('an advantage of %p stops before the policy is touched', async (bad) => {
    const fake = new FakeTraining(mixed);
    const { estimator } = fake.parts.advantage;
    let calls = 0;
    const advantage = {
      name: 'broken',
      estimator: {
        estimate: (groups: Parameters<typeof estimator.estimate>[0]) =>
          estimator
            .estimate(groups)
            .map((group) => (++calls > 2 ? { ...group, turns: group.turns.map((row) => row.map(() => bad)) } : group)),
      },
    };
    const failed = run(fake, fakeSettings(), {}, { advantage });
    await expect(failed).rejects.toMatchObject({ code: 'CONTRACT_ADVANTAGE_NOT_FINITE' });
    expect(fake.events.slice(-2)).toEqual(nothingOfStep2);
    expect(fake.weights).toBe(1);
  });

  it.each([NaN, -Infinity])('a loss of %p stops before the optimiser is asked', async (bad) => {
    const fake = new FakeTraining(mixed);
    fake.losses = (update) => (update === 2 ? bad : 1);
    await expect(run(fake)).rejects.toMatchObject({
      code: 'RUN_NOT_FINITE',
      message: `The loss of step 2 is ${bad}; the weights were not changed.`,
    });
    expect(fake.events.slice(-3)).toEqual([...nothingOfStep2, 'forwardBackward']);
    expect(fake.weights).toBe(1);
  });

  it('a gradient norm stops the run, and nothing of the step is recorded', async () => {
    const fake = new FakeTraining(mixed);
    fake.gradientNorms = (update) => (update === 2 ? Infinity : 1);
    await expect(run(fake)).rejects.toThrow('The gradient norm of step 2 is Infinity; the weights were not changed.');
    expect(fake.events.slice(-4)).toEqual([...nothingOfStep2, 'forwardBackward', 'optimStep']);
    expect(fake.weights).toBe(1);
  });

  it('in a later update on the same batch says which updates were made', async () => {
    const fake = new FakeTraining(mixed);
    fake.losses = (update) => (update === 2 ? NaN : 1);
    await expect(run(fake, fakeSettings({ epochs: 2 }))).rejects.toThrow(
      'The loss of update 2 of step 1 is NaN; only the updates before it were made.',
    );
    expect(fake.events.slice(-1)).toEqual(['forwardBackward']);
    expect(fake.disk.size).toBe(0);
  });

  it('a reward is refused by the name of the plugin that gave it', async () => {
    const fake = new FakeTraining(mixed);
    const shape = (group: { trajectories: readonly { turns: readonly unknown[] }[] }) =>
      group.trajectories.map(({ turns }) => ({ outcome: NaN, correct: false, turns: turns.map(() => 0) }));
    const rewards = [{ name: 'broken', weight: 1, shaper: { shape } }];
    await expect(run(fake, fakeSettings(), {}, { rewards })).rejects.toMatchObject({
      code: 'CONTRACT_REWARD_NOT_FINITE',
      where: 'reward broken',
    });
    expect(fake.events).toEqual(['metrics 0', 'done 0']);
  });
});
