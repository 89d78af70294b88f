import { describe, expect, it } from '@jest/globals';
import { FakeTraining, fakeData, fakeSettings, type Script } from './fake-training.fixture.js';
import { trainRun } from './train-run.js';
import type { TrainingSettings } from './training-settings.js';
import { Watchdog, type WatchdogSettings, type WatchedName } from './watchdog.js';

const rollback = { learningRateFactor: 0.5, reorder: true, most: 3 };
const silent: WatchdogSettings = {
  ...{ window: 2, rollback, entropy: null, kl: null, invalidRate: null },
  ...{ length: null, searchRate: null, reward: null },
};

/** Steps at which a watchdog fires on a series, one trajectory a step. */
function firedAt(settings: WatchdogSettings, metric: string, series: readonly number[]): number[] {
  const watchdog = new Watchdog(settings);
  return series.flatMap((value, index) => (watchdog.look({ [metric]: value }, 1).length > 0 ? [index + 1] : []));
}

describe('a scripted collapse', () => {
  it.each<[WatchedName, string, WatchdogSettings['kl'], number[], number[]]>([
    ['entropy', 'update/entropy', { below: 0.1, action: 'warn' }, [1, 0.9, 0.3, 0.1, 0.01, 0.01, 0.01], [5]],
    ['entropy', 'update/entropy', { drop: 0.9, action: 'warn' }, [1, 1, 0.5, 0.2, 0.05, 0.05], [6]],
    ['kl', 'update/kl', { above: 2, action: 'warn' }, [0, 0.1, 0.5, 2, 4, 9], [5]],
    ['kl', 'update/kl', { rise: 10, action: 'warn' }, [0.1, 0.1, 0.5, 1, 2, 9], [5]],
    ['invalidRate', 'rollout/invalid-rate', { above: 0.5, action: 'warn' }, [0, 0.1, 0.4, 0.7, 1], [4]],
    ['length', 'rollout/tokens', { rise: 3, action: 'warn' }, [40, 44, 60, 120, 200], [5]],
    ['searchRate', 'rollout/search-rate', { below: 0.05, action: 'warn' }, [0.7, 0.6, 0.2, 0.04, 0, 0], [5]],
    ['reward', 'reward/outcome-mean', { drop: 0.5, action: 'warn' }, [0.3, 0.5, 0.6, 0.6, 0.4, 0.1, 0.1], [6]],
  ])('of %s (%s) fires %j once, at the step the mean crosses', (name, metric, limit, series, expected) => {
    expect(firedAt({ ...silent, [name]: limit }, metric, series)).toEqual(expected);
    // One odd batch is no collapse, and a limit of another metric says nothing.
    expect(firedAt({ ...silent, window: series.length + 1, [name]: limit }, metric, series)).toEqual([]);
    expect(firedAt({ ...silent, [name]: limit }, `${metric}-other`, series)).toEqual([]);
    expect(firedAt(silent, metric, series)).toEqual([]);
  });

  it.each<[WatchdogSettings['reward'], number[], number[], string]>([
    [{ below: 0.5, action: 'warn' }, [0.5, 0.4], [2], 'below 0.5'],
    [{ above: 0.5, action: 'warn' }, [0.5, 0.6], [2], 'above 0.5'],
    [{ drop: 0.5, action: 'warn' }, [0.8, 0.41, 0.4], [3], '50% below its highest, 0.8'],
    [{ rise: 2, action: 'warn' }, [0.25, 0.5, 0.51], [3], '2 times its lowest, 0.25'],
    // Shares and multiples of what is not above zero mean nothing.
    [{ drop: 0.5, action: 'warn' }, [0, 0, -1, -9], [], ''],
    [{ rise: 2, action: 'warn' }, [0, 9, -1, 9], [], ''],
  ])('draws the line of %j where it says: %j fires at %j', (limit, series, expected, words) => {
    const settings = { ...silent, window: 1, reward: limit };
    expect(firedAt(settings, 'reward/outcome-mean', series)).toEqual(expected);
    const watchdog = new Watchdog(settings);
    const told = series.flatMap((value) => watchdog.look({ 'reward/outcome-mean': value }, 1));
    expect(told.map((alarm) => alarm.limit)).toEqual(expected.map(() => words));
  });

  it('fires again when the mean was within the limit in between', () => {
    const settings = { ...silent, window: 1, reward: { below: 0.5, action: 'warn' as const } };
    expect(firedAt(settings, 'reward/outcome-mean', [1, 0, 0, 1, 0])).toEqual([2, 5]);
  });

  it('divides tokens by trajectories, and tells the gravest first', () => {
    const settings = {
      ...silent,
      window: 1,
      length: { above: 50, action: 'warn' as const },
      reward: { below: 0.5, action: 'rollback' as const },
    };
    const metrics = { 'rollout/tokens': 400, 'reward/outcome-mean': 0 };
    expect(new Watchdog(settings).look(metrics, 8).map(({ name }) => name)).toEqual(['reward']);
    expect(new Watchdog(settings).look(metrics, 4).map(({ name }) => name)).toEqual(['reward', 'length']);
  });

  it('goes on from its state as if it had never stopped', () => {
    const settings = { ...silent, reward: { drop: 0.5, action: 'warn' as const } };
    const series = [0.3, 0.6, 0.6, 0.4, 0.2, 0.1, 0.6, 0.6, 0.1, 0.1];
    const whole = firedAt(settings, 'reward/outcome-mean', series);
    for (let cut = 1; cut < series.length; cut++) {
      const first = new Watchdog(settings);
      const fired: number[] = [];
      let watchdog = first;
      series.forEach((value, index) => {
        if (index === cut) {
          watchdog = new Watchdog(settings, JSON.parse(JSON.stringify(first.state)) as typeof first.state);
        }
        if (watchdog.look({ 'reward/outcome-mean': value }, 1).length > 0) fired.push(index + 1);
      });
      expect(fired).toEqual(whole);
    }
  });
});

/** From its fifth update on the policy writes nonsense, unless it learns slowly. */
function collapsing(): FakeTraining {
  const fast = { now: false };
  const script: Script = ({ purpose, weights, index }) =>
    purpose === 'train' && weights >= 5 && fast.now ? 'nonsense' : index === 0 ? 'answer:gold' : 'answer:no';
  const fake = new FakeTraining(script);
  const optimStep = fake.policy.optimStep.bind(fake.policy);
  fake.policy.optimStep = (options) => {
    fast.now = options.learningRate >= 0.1;
    return optimStep(options);
  };
  return fake;
}

function settings(action: 'warn' | 'stop' | 'rollback', watchdog: Partial<WatchdogSettings> = {}): TrainingSettings {
  const limit = { above: 0.5, action };
  return fakeSettings({
    steps: 9,
    checkpointEvery: 2,
    watchdog: { ...silent, invalidRate: limit, ...watchdog },
  });
}

function run(fake: FakeTraining, given: TrainingSettings) {
  const { record } = fake;
  const told: string[] = [];
  const onEvent = ({ message }: { message: string }): void => void told.push(message);
  const signal = new AbortController().signal;
  return { told, done: trainRun(fake.parts, given, fakeData, { record, signal, onEvent }) };
}

describe('what is done about it', () => {
  it('warn: says so, records it, and goes on', async () => {
    const fake = collapsing();
    const { told, done } = run(fake, settings('warn'));
    await done;
    expect(fake.metrics.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fake.happenings).toEqual([
      {
        ...{ step: 7, kind: 'watchdog', threshold: 'invalidRate', metric: 'rollout/invalid-rate' },
        ...{ mean: 1, limit: 'above 0.5', action: 'warn', message: told[0] },
      },
    ]);
    expect(told[0]).toContain('step 7: rollout/invalid-rate, the mean of 2 steps, is 1: above 0.5');
  });

  it('stop: ends the run at the step, without a checkpoint of it', async () => {
    const fake = collapsing();
    const { done } = run(fake, settings('stop'));
    await expect(done).rejects.toMatchObject({ code: 'RUN_COLLAPSED', where: 'training.watchdog.invalidRate' });
    expect(fake.metrics.at(-1)?.['step']).toBe(7);
    expect([...fake.disk.keys()]).toEqual(['checkpoint-2', 'checkpoint-4', 'checkpoint-6']);
    expect(fake.happenings).toMatchObject([{ step: 7, action: 'stop' }]);
  });

  it('rollback: goes to the last checkpoint from before the window and on with half the rate and other samples', async () => {
    const fake = collapsing();
    const asked = fake.asked;
    const summary = await run(fake, settings('rollback')).done;
    expect(fake.happenings).toMatchObject([
      { step: 7, kind: 'watchdog' },
      { step: 7, kind: 'rollback', to: 4, rollback: 1 },
    ]);
    expect(fake.metrics.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fake.metrics.every((line) => (line['rollout/invalid-rate'] ?? 0) === 0)).toBe(true);
    expect(fake.states.get('checkpoint-8')).toMatchObject({ rollbacks: 1, updates: 8, events: 2 });
    expect(summary.steps).toBe(12);
    expect(fake.weights).toBe(9);
    const ofStep5 = asked.filter((place) => place.startsWith('train:5:'));
    expect(new Set(ofStep5).size).toBeGreaterThan(ofStep5.length / 2);
  });

  it('rollback: the start stays, and a checkpoint from before the window', async () => {
    const { training, ...rest } = settings('rollback');
    const fake = new FakeTraining(({ index }) => (index === 0 ? 'answer:gold' : 'answer:no'));
    await run(fake, { ...rest, training: { ...training, keepCheckpoints: 1 } }).done;
    expect([...fake.disk.keys()][0]).toBe('checkpoint-0');
    expect(fake.retention).toEqual({ newest: 1, also: [0], goodBefore: 8 });
    const quiet = new FakeTraining(({ index }) => (index === 0 ? 'answer:gold' : 'answer:no'));
    await run(quiet, settings('warn')).done;
    expect(quiet.retention).toEqual({ newest: null, also: [] });
  });

  it('a rollback too many, or with nowhere to go, ends the run', async () => {
    const again = collapsing();
    const harmless = { ...rollback, learningRateFactor: 1, most: 2 };
    const { done } = run(again, settings('rollback', { rollback: harmless }));
    await expect(done).rejects.toThrow('went back 2 times already');
    expect(again.happenings.map(({ kind }) => kind)).toEqual([
      ...['watchdog', 'rollback', 'watchdog', 'rollback', 'watchdog'],
    ]);
    const early = new FakeTraining(({ purpose }) => (purpose === 'train' ? 'nonsense' : 'answer:gold'));
    await expect(
      run(early, settings('rollback', { window: 1, rollback: { ...rollback, most: 1 } })).done,
    ).rejects.toThrow('went back 1 times already');
    expect(early.happenings).toMatchObject([{ step: 1 }, { to: 0 }, { step: 1 }]);
  });
});
