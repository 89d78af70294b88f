import { describe, expect, it } from '@jest/globals';
import type { TrainingBatch } from '../contract/index.js';
import { FakeTraining, fakeData, fakeSettings, type Script } from './fake-training.fixture.js';
import { isDead, type DeadGroups } from './dead-groups.js';
import { QuestionLedger } from './question-ledger.js';
import { sampleStep, type StepSample } from './sample-step.js';
import { stepBatch } from './step-batch.js';
import { sampleMetrics } from './step-metrics.js';
import { trainRun } from './train-run.js';

type Kind = 'mixed' | 'wrong' | 'near-miss' | 'right';

/** Questions take turns in being of the kinds, in the order in which they are asked. */
function inTurn(...kinds: Kind[]): Script {
  const places = new Map<string, Kind>();
  return ({ question, step, index, turn }) => {
    const key = `${step}:${question}`;
    const kind = places.get(key) ?? kinds[places.size % kinds.length] ?? 'wrong';
    places.set(key, kind);
    if (kind === 'near-miss' && index === 0 && turn === 0) return 'search:gold';
    return kind === 'right' || (kind === 'mixed' && index === 0) ? 'answer:gold' : 'answer:no';
  };
}

const keep: DeadGroups = { policy: 'keep', countInDenominators: true, regularise: true };

interface Tried {
  readonly fake: FakeTraining;
  readonly sample: StepSample;
  readonly batch: TrainingBatch | null;
  readonly metrics: Record<string, number>;
}

async function sampled(deadGroups: DeadGroups, script: Script, questionsPerStep = 4, step = 1): Promise<Tried> {
  const fake = new FakeTraining(script);
  // One at a time, so that questions are asked in their order.
  const settings = fakeSettings({ deadGroups }, { questionsPerStep, concurrency: 1 });
  const sample = await sampleStep(fake.parts, settings, {
    questions: fakeData.train,
    step,
    signal: new AbortController().signal,
    onTrajectory: () => undefined,
    ledger: new QuestionLedger(),
  });
  const batch = stepBatch(sample.groups, deadGroups, settings.rollout);
  return { fake, sample, batch, metrics: sampleMetrics(sample, deadGroups) };
}

function fates({ sample }: Tried): string[] {
  return sample.groups.map(({ leftOut, round }) => `${round} ${leftOut ?? 'in'}`);
}

const questionsIn = ({ batch }: Tried): string[] => [
  ...new Set(batch?.sequences.map(({ trajectoryId }) => trajectoryId.split('/')[0] ?? '')),
];

describe('isDead', () => {
  const group = (...turns: number[][]) => ({ composition: 'all-wrong' as const, level: 'turn' as const, turns });

  it('looks at every turn of every trajectory, and at nothing else', () => {
    expect(isDead(group([0, 0], [0, -0, 0]))).toBe(true);
    expect(isDead(group([0, 0], [0, 1e-300, 0]))).toBe(false);
    expect(isDead(group([], []))).toBe(true);
  });
});

describe('dead groups', () => {
  const script = (): Script => inTurn('mixed', 'wrong', 'near-miss', 'right');

  it('keep: everything is in the batch and nothing new is recorded', async () => {
    const tried = await sampled(keep, script());
    expect(fates(tried)).toEqual(['1 in', '1 in', '1 in', '1 in']);
    expect(tried.batch?.sequences).toHaveLength(8);
    expect(tried.batch).not.toHaveProperty('denominators');
    expect(tried.metrics['groups/dead']).toBe(0.5);
    expect(Object.keys(tried.metrics).filter((key) => key.endsWith('-count') || key === 'rollout/rounds')).toEqual([]);
  });

  it('mask: dead groups have no token in the batch; all-wrong groups with a near-miss are not dead', async () => {
    const tried = await sampled({ policy: 'mask' }, script());
    expect(fates(tried)).toEqual(['1 in', '1 in', '1 in', '1 in']);
    expect(tried.batch?.sequences).toHaveLength(4);
    expect(tried.batch).not.toHaveProperty('denominators');
    expect(questionsIn(tried)).toEqual([0, 2].map((index) => tried.sample.groups[index]?.group.question.id));
    expect(tried.sample.groups[2]?.advantages.composition).toBe('all-wrong');
    expect(tried.metrics).toMatchObject({
      'groups/dead': 0.5,
      'groups/sampled-count': 4,
      'groups/trained-count': 2,
      'groups/masked-count': 2,
      'groups/dropped-count': 0,
      'rollout/rounds': 1,
    });
  });

  it('drop: the same batch, dropped groups marked, statistics over all that was sampled', async () => {
    const masked = await sampled({ policy: 'mask' }, script());
    const tried = await sampled({ policy: 'drop' }, script());
    expect(fates(tried)).toEqual(['1 in', '1 dead', '1 in', '1 dead']);
    expect(tried.batch).toEqual(masked.batch);
    expect(tried.metrics).toMatchObject({ 'groups/dead': 0.5, 'groups/dropped-count': 2, 'groups/masked-count': 0 });
    expect(tried.metrics['reward/outcome-mean']).toBe(masked.metrics['reward/outcome-mean']);
  });

  it('drop: estimators that look at the whole batch never see what was dropped', async () => {
    const fake = new FakeTraining(script());
    const seen: number[] = [];
    const { estimator } = fake.parts.advantage;
    const watched = {
      name: 'watched',
      estimator: {
        estimate: (groups: Parameters<typeof estimator.estimate>[0]) => {
          seen.push(groups.length);
          return estimator.estimate(groups);
        },
      },
    };
    const settings = fakeSettings({ deadGroups: { policy: 'drop' } }, { questionsPerStep: 4, concurrency: 1 });
    const signal = new AbortController().signal;
    const ledger = new QuestionLedger();
    const request = { questions: fakeData.train, step: 1, signal, onTrajectory: () => undefined, ledger };
    await sampleStep({ ...fake.parts, advantage: watched }, settings, request);
    expect(seen).toEqual([4, 2]);
  });

  it('refill: asks further questions until there are enough live groups, and no question twice', async () => {
    const tried = await sampled({ policy: 'refill', maxRounds: 4 }, inTurn('wrong', 'mixed', 'wrong'), 3);
    expect(fates(tried)).toEqual([
      ...['1 dead', '1 in', '1 dead'],
      ...['2 dead', '2 in', '2 dead'],
      ...['3 dead', '3 in', '3 dead'],
    ]);
    expect(new Set(tried.fake.asked).size).toBe(9);
    expect(tried.metrics).toMatchObject({
      'rollout/rounds': 3,
      'groups/sampled-count': 9,
      'groups/trained-count': 3,
      'groups/dropped-count': 6,
      'groups/surplus-count': 0,
    });
  });

  it('refill: live groups beyond what was asked for are left out, the last asked first', async () => {
    const tried = await sampled(
      { policy: 'refill', maxRounds: 4 },
      inTurn('mixed', 'wrong', 'mixed', 'mixed', 'mixed'),
    );
    expect(fates(tried)).toEqual(['1 in', '1 dead', '1 in', '1 in', '2 in', '2 surplus', '2 dead', '2 surplus']);
    expect(questionsIn(tried)).toHaveLength(4);
    expect(tried.metrics).toMatchObject({ 'groups/trained-count': 4, 'groups/surplus-count': 2 });
  });

  it('refill: ends at the cap, or with the data, and trains on what lives', async () => {
    const capped = await sampled({ policy: 'refill', maxRounds: 2 }, inTurn('mixed', 'wrong', 'wrong', 'wrong'));
    expect(capped.sample).toMatchObject({ rounds: 2 });
    expect(questionsIn(capped)).toHaveLength(2);
    const exhausted = await sampled({ policy: 'refill', maxRounds: 99 }, inTurn('wrong'), 5);
    expect(exhausted.sample.rounds).toBe(3);
    expect(exhausted.sample.groups).toHaveLength(12);
    expect(exhausted.batch).toBeNull();
  });

  it('refill: what is asked depends on seed, step and round, not on what happened before', async () => {
    const refill: DeadGroups = { policy: 'refill', maxRounds: 2 };
    const again = await Promise.all([1, 2].map(() => sampled(refill, inTurn('wrong'), 4, 2)));
    expect(again[0]?.fake.asked).toEqual(again[1]?.fake.asked);
    const other = await sampled(refill, inTurn('wrong'), 4, 3);
    expect(other.fake.asked.slice(4).map((place) => place.split(':')[2])).not.toEqual(
      again[0]?.fake.asked.slice(4).map((place) => place.split(':')[2]),
    );
  });

  it('records left-out groups with the reason and the round', async () => {
    const fake = new FakeTraining(inTurn('mixed', 'wrong'));
    const settings = fakeSettings({ steps: 1, deadGroups: { policy: 'refill', maxRounds: 2 } }, { concurrency: 1 });
    const { record } = fake;
    const data = { ...fakeData, evaluation: [] };
    await trainRun(fake.parts, settings, data, { record, signal: new AbortController().signal });
    const lines = fake.lines.get(1) as { leftOut?: string; round?: number }[];
    expect(lines.map(({ leftOut, round }) => [leftOut, round])).toEqual([
      [undefined, undefined],
      ['dead', undefined],
      [undefined, 2],
      ['dead', 2],
    ]);
  });
});

describe('a step that teaches nothing', () => {
  const run = async (deadGroups: DeadGroups): Promise<FakeTraining> => {
    const fake = new FakeTraining(inTurn('wrong'));
    const { record } = fake;
    await trainRun(fake.parts, fakeSettings({ deadGroups }), fakeData, {
      record,
      signal: new AbortController().signal,
    });
    return fake;
  };

  it('makes no update when nothing is left to divide by: momentum alone would move weights', async () => {
    const others: DeadGroups[] = [
      { policy: 'mask' },
      { policy: 'drop' },
      { policy: 'refill', maxRounds: 2 },
      { policy: 'keep', countInDenominators: false, regularise: true },
    ];
    for (const deadGroups of others) {
      const fake = await run(deadGroups);
      expect(fake.weights).toBe(0);
      expect(fake.metrics[1]).toMatchObject({ 'groups/dead': 1, 'update/loss': 0, 'update/gradient-norm': 0 });
      expect(fake.metrics).toHaveLength(3);
    }
  });

  it('is updated on as before when dead groups are kept and counted', async () => {
    expect((await run(keep)).weights).toBe(2);
    expect((await run({ ...keep, regularise: false })).batches[0]).toMatchObject({
      sequences: [],
      denominators: { tokens: 4 * 'answer:no'.length, sequences: 4, trajectories: 4 },
    });
  });
});
