import { describe, expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import type { Policy } from '../contract/index.js';
import { FakeTraining, fakeData, fakeSettings, type Place } from './fake-training.fixture.js';
import { trainRun } from './train-run.js';
import type { TrainingSettings } from './training-settings.js';

const mixed = ({ index }: Place): string => (index === 0 ? 'answer:gold' : 'answer:no');

interface Timing {
  /** Milliseconds a sample takes. */
  readonly sampling?: (trajectoryId: string) => number;
  readonly capabilities?: Partial<Policy['capabilities']>;
}

/** Six steps in which samples and updates take a while and write down when they begin and end. */
async function overlapping(
  rollout: Partial<TrainingSettings['rollout']>,
  { sampling = () => 1, capabilities }: Timing = {},
  epochs = 1,
) {
  const fake = new FakeTraining(mixed);
  const { policy, record } = fake;
  const log: string[] = [];
  let underWay = 0;
  const slow: Policy = {
    ...policy,
    capabilities: { ...policy.capabilities, ...capabilities },
    sample: async (request, signal) => {
      const [purpose, step = ''] = request.trajectoryId.split(':');
      const name = purpose === 'train' ? step : 'evaluation';
      log.push(`sample ${name}`);
      underWay++;
      await wait(sampling(request.trajectoryId), undefined, { signal });
      underWay--;
      log.push(`sampled ${name}`);
      return policy.sample(request, signal);
    },
    optimStep: async (options) => {
      const update = fake.weights + 1;
      log.push(`update ${update}`, ...(underWay > 0 ? [`${underWay} samples are under way`] : []));
      await wait(4);
      log.push(`updated ${update}`);
      return policy.optimStep(options);
    },
    forwardBackward: async (batch, objective) => {
      log.push(`learn ${fake.weights + 1}`);
      await wait(4);
      return policy.forwardBackward(batch, objective);
    },
  };
  const parts = { ...fake.parts, policy: slow };
  const signal = new AbortController().signal;
  await trainRun(parts, fakeSettings({ steps: 6, epochs }, rollout), fakeData, { record, signal });
  return { fake, log };
}

const between = (log: readonly string[], first: string, last: string): string[] =>
  log.slice(log.indexOf(first), log.indexOf(last));

interface RecordedGroup {
  readonly question: unknown;
  readonly trajectories: readonly {
    readonly turns: readonly { readonly output: { readonly policyVersion: number } }[];
    readonly failure?: { readonly message: string };
  }[];
}

const recorded = ({ lines }: FakeTraining): [number, readonly RecordedGroup[]][] =>
  [...lines].map(([step, groups]) => [step, groups as readonly RecordedGroup[]]);

describe('rollout.maxStaleness', () => {
  it('0: nothing is sampled while something is learned, and nothing is recorded of versions', async () => {
    const { fake, log } = await overlapping({ maxStaleness: 0 });
    for (let step = 1; step <= 6; step++) {
      const during = between(log, `learn ${step}`, `updated ${step}`);
      expect(during.filter((event) => event.startsWith('sample'))).toEqual([]);
    }
    expect(fake.metrics.flatMap((line) => Object.keys(line)).filter((key) => key.includes('staleness'))).toEqual([]);
    expect(JSON.stringify(recorded(fake))).not.toContain('policyVersion');
  });

  it.each([1, 2])('%d: later steps are sampled meanwhile, never further behind than that', async (maxStaleness) => {
    const { fake, log } = await overlapping({ maxStaleness }, { sampling: () => 3 });
    const first = between(log, 'sample 1', 'updated 1');
    expect(first).toContain('sample 2');
    // A step begins when all but maxStaleness of the updates before it were made.
    for (let step = 2 + maxStaleness; step <= 6; step++) {
      expect(log.indexOf(`sample ${step}`)).toBeGreaterThan(log.indexOf(`updated ${step - 1 - maxStaleness}`));
    }
    const staleness = fake.metrics.slice(1).map((line) => line['rollout/staleness-max'] ?? NaN);
    expect(Math.max(...staleness)).toBeLessThanOrEqual(maxStaleness);
    expect(Math.max(...staleness)).toBeGreaterThan(0);
    for (const [step, groups] of recorded(fake)) {
      for (const { output } of groups.flatMap(({ trajectories }) => trajectories.flatMap(({ turns }) => turns))) {
        expect(output.policyVersion).toBeGreaterThanOrEqual(step - 1 - maxStaleness);
        expect(output.policyVersion).toBeLessThan(step);
      }
    }
    // Every step asks the questions it would have asked.
    const { fake: synchronous } = await overlapping({ maxStaleness: 0 });
    const questions = (run: FakeTraining): unknown =>
      recorded(run).map(([step, groups]) => [step, groups.map(({ question }) => question)]);
    expect(questions(fake)).toEqual(questions(synchronous));
  });

  it.each([
    [1, 0],
    [2, 2],
    [3, 2],
  ])('%d with two updates a step: no sample is further behind than that', async (maxStaleness, reached) => {
    const { fake } = await overlapping({ maxStaleness }, { sampling: () => 3 }, 2);
    const staleness = fake.metrics.slice(1).map((line) => line['rollout/staleness-max'] ?? NaN);
    expect(Math.max(...staleness)).toBe(reached);
  });

  it('updates wait for samples under way and samples for updates, unless the policy can do both at once', async () => {
    const sampling = (): number => 9;
    const { log } = await overlapping({ maxStaleness: 2 }, { sampling });
    expect(log.filter((event) => event.endsWith('under way'))).toEqual([]);
    for (let update = 1; update <= 6; update++) {
      const during = between(log, `update ${update}`, `updated ${update}`);
      expect(during.filter((event) => event.startsWith('sample '))).toEqual([]);
    }
    const both = await overlapping({ maxStaleness: 2 }, { capabilities: { samplesDuringUpdates: true }, sampling });
    expect(both.log.filter((event) => event.endsWith('under way')).length).toBeGreaterThan(0);
  });

  it('older steps get free slots first, and a slow question is waited for', async () => {
    const sampling = (id: string): number => (id.startsWith('train:1:') && id.endsWith('/1') ? 25 : 1);
    const { fake, log } = await overlapping({ maxStaleness: 3, concurrency: 2 }, { sampling });
    const steps = log.flatMap((event) => (/^sample \d/.test(event) ? [Number(event.slice(7))] : []));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps).toHaveLength(24);
    expect(JSON.stringify(recorded(fake))).not.toContain('failure');
  });

  it('ends what was begun ahead when the run fails', async () => {
    const fake = new FakeTraining(mixed);
    fake.losses = (update) => (update === 2 ? NaN : 0.5);
    const settings = fakeSettings({ steps: 6 }, { maxStaleness: 3 });
    const { record } = fake;
    const run = trainRun(fake.parts, settings, fakeData, { record, signal: new AbortController().signal });
    await expect(run).rejects.toMatchObject({ code: 'RUN_NOT_FINITE' });
    const asked = fake.asked.length;
    await wait(20);
    expect(fake.asked).toHaveLength(asked);
  });
});

describe('rollout.groupTimeoutSeconds', () => {
  /** Four trajectories a group; of the second question, the last `hung` hang until they are ended. */
  async function hanging(partialGroups: 'keep' | 'drop', hung: number) {
    const fake = new FakeTraining(mixed);
    const { policy, record } = fake;
    const questions: string[] = [];
    const sample: Policy['sample'] = async (request, signal) => {
      const [purpose = '', , id = ''] = request.trajectoryId.split(':');
      const [question = '', index = ''] = id.split('/');
      if (purpose === 'train' && !questions.includes(question)) questions.push(question);
      if (questions.indexOf(question) === 1 && Number(index) >= 4 - hung) await wait(60_000, undefined, { signal });
      return policy.sample(request, signal);
    };
    const limits = { groupSize: 4, concurrency: 8, groupTimeoutSeconds: 0.05, partialGroups };
    const parts = { ...fake.parts, policy: { ...policy, sample } };
    const signal = new AbortController().signal;
    await trainRun(parts, fakeSettings({ steps: 1 }, limits), fakeData, { record, signal });
    const [, group] = recorded(fake)[0]?.[1] ?? [];
    return {
      failures: group?.trajectories.map(({ failure }) => failure?.message ?? null),
      trainedOn: fake.batches[0]?.sequences.length,
    };
  }

  it('keep: trains on those that finished', async () => {
    expect(await hanging('keep', 1)).toEqual({
      failures: [null, null, null, 'its group took longer than 0.05 s'],
      trainedOn: 7,
    });
  });

  it('drop, and a single one that finished: trains on none of the group', async () => {
    const dropped = 'dropped with its group, which took longer than 0.05 s';
    const late = 'its group took longer than 0.05 s';
    expect(await hanging('drop', 1)).toEqual({ failures: [dropped, dropped, dropped, late], trainedOn: 4 });
    expect(await hanging('keep', 3)).toEqual({ failures: [dropped, late, late, late], trainedOn: 4 });
  });
});

describe('objective.importanceTruncation', () => {
  const start = (importanceTruncation: number | null, epochs: number, capabilities: object) => {
    const fake = new FakeTraining(mixed);
    const { policy, record } = fake;
    const settings = fakeSettings({ steps: 1, epochs });
    const parts = { ...fake.parts, policy: { ...policy, capabilities: { ...policy.capabilities, ...capabilities } } };
    const own = { ...settings, objective: { ...settings.objective, importanceTruncation } };
    return trainRun(parts, own, fakeData, { record, signal: new AbortController().signal });
  };

  it('is refused by a policy that does not know it, and with several updates a batch', async () => {
    const knows = { importanceTruncation: true };
    await expect(start(2, 1, {})).rejects.toMatchObject({
      code: 'RUN_NOT_TRAINABLE',
      where: 'objective.importanceTruncation',
    });
    await expect(start(2, 2, knows)).rejects.toThrow('training.epochs is 2');
    await expect(start(2, 1, knows)).resolves.toMatchObject({ steps: 1 });
    await expect(start(null, 2, {})).resolves.toMatchObject({ steps: 1 });
  });
});
