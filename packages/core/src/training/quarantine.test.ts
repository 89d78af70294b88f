import { describe, expect, it } from '@jest/globals';
import type { TrajectoryGroup } from '../contract/index.js';
import { questionWeight, chooseQuestions, type Curriculum } from './choose-questions.js';
import { FakeTraining, fakeData, fakeSettings, type Script } from './fake-training.fixture.js';
import { QuestionLedger, type QuestionRecord } from './question-ledger.js';
import { trainRun } from './train-run.js';
import type { TrainingOptions, TrainingParts, TrainingSettings } from './training-settings.js';

const mixed: Script = ({ index }) => (index === 0 ? 'answer:gold' : 'answer:no');
const quarantine = { strikes: 2, share: 0.5, most: 0.5 };

function run(
  fake: FakeTraining,
  settings: TrainingSettings,
  parts: Partial<TrainingParts> = {},
  options: Partial<TrainingOptions> = {},
) {
  const signal = new AbortController().signal;
  return trainRun({ ...fake.parts, ...parts }, settings, fakeData, { record: fake.record, signal, ...options });
}

/** The fake reward, which gives NaN to the questions that are named. */
function poisoned(fake: FakeTraining, isPoisoned: (question: string) => boolean): Partial<TrainingParts> {
  const [{ shaper }] = fake.parts.rewards as [(typeof fake.parts.rewards)[number]];
  const shape = (group: TrajectoryGroup) =>
    isPoisoned(group.question.id)
      ? group.trajectories.map(({ turns }) => ({ outcome: NaN, correct: false, turns: turns.map(() => 0) }))
      : shaper.shape(group, { signal: new AbortController().signal, step: 1 });
  return { rewards: [{ name: 'fake', weight: 1, shaper: { shape: shape } }] };
}

describe('quarantine', () => {
  it('is off by default: a reward that is not finite ends the run', async () => {
    const fake = new FakeTraining(mixed);
    const done = run(
      fake,
      fakeSettings({ steps: 12 }),
      poisoned(fake, (id) => id === 'q3'),
    );
    await expect(done).rejects.toMatchObject({ code: 'CONTRACT_REWARD_NOT_FINITE' });
  });

  it('leaves the group out, sets its question aside after so many visits, and reports it', async () => {
    const fake = new FakeTraining(mixed);
    const told: unknown[] = [];
    const onEvent = (event: unknown): void => void told.push(event);
    const settings = fakeSettings({ steps: 30, quarantine, checkpointEvery: 30 });
    await run(
      fake,
      settings,
      poisoned(fake, (id) => id === 'q3'),
      { onEvent },
    );
    expect(fake.happenings).toMatchObject([{ kind: 'quarantine', question: 'q3' }]);
    expect(told).toEqual(fake.happenings);
    const visits = fake.asked.filter((place) => place.startsWith('train:') && place.endsWith(':q3'));
    expect(visits).toHaveLength(2);
    expect(fake.metrics.at(-1)).toMatchObject({ 'questions/quarantined': 1, 'questions/faulty': 0 });
    const [, record] = fake.states.get('checkpoint-30')?.questions?.find(([id]) => id === 'q3') ?? [];
    expect(record).toMatchObject({
      visits: 2,
      faults: [expect.stringContaining('CONTRACT_REWARD_NOT_FINITE'), expect.any(String)],
    });
    // Every step still has its two groups, and none of q3 is in a batch.
    const lines = [...fake.lines.values()].flat() as { question: { id: string }; leftOut?: string; fault?: string }[];
    expect(lines).toHaveLength(60);
    expect(lines.filter(({ question }) => question.id === 'q3')).toMatchObject([
      { leftOut: 'faulty' },
      { leftOut: 'faulty' },
    ]);
    expect(
      fake.batches.flatMap(({ sequences }) => sequences).some(({ trajectoryId }) => trajectoryId.startsWith('q3/')),
    ).toBe(false);
  });

  it('forgives a question whose next visit goes well, and blames none for an outage', async () => {
    // q3 fails on odd visits; in steps 4 to 6 searches fail for everybody half of the time.
    const seen = new Map<string, number>();
    const script: Script = ({ purpose, step, question, index, turn }) => {
      if (purpose !== 'train') return 'answer:gold';
      if (turn === 0 && index === 0) seen.set(question, (seen.get(question) ?? 0) + 1);
      const fails = (question === 'q3' && (seen.get(question) ?? 0) % 2 === 1) || (step >= 4 && step <= 6);
      if (turn === 0 && fails && index === 1) return 'search:down';
      return index === 0 ? 'answer:gold' : 'answer:no';
    };
    const fake = new FakeTraining(script);
    await run(fake, fakeSettings({ steps: 30, quarantine }, { concurrency: 1 }));
    expect(fake.happenings).toEqual([]);
    // The same outage without a limit on it: every question is charged, so the rule above is what saves them.
    const always = new FakeTraining((place) =>
      place.purpose === 'train' && place.question === 'q3' && place.turn === 0 && place.index === 1
        ? 'search:down'
        : mixed(place),
    );
    await run(always, fakeSettings({ steps: 30, quarantine }, { concurrency: 1 }));
    expect(always.happenings).toMatchObject([
      { question: 'q3', faults: [expect.stringContaining('ROLLOUT_SEARCH'), expect.any(String)] },
    ]);
  });

  it('ends the run when the reward fails everywhere, or too many questions are out', async () => {
    const fake = new FakeTraining(mixed);
    const all = run(
      fake,
      fakeSettings({ steps: 3, quarantine }),
      poisoned(fake, () => true),
    );
    await expect(all).rejects.toMatchObject({ code: 'CONTRACT_REWARD_NOT_FINITE' });
    const some = new FakeTraining(mixed);
    const few = fakeSettings({ steps: 99, quarantine: { ...quarantine, most: 0.1 } }, { questionsPerStep: 6 });
    const done = run(
      some,
      few,
      poisoned(some, (id) => ['q3', 'q7'].includes(id)),
    );
    await expect(done).rejects.toMatchObject({ code: 'RUN_QUARANTINE_FULL' });
    expect(some.happenings).toHaveLength(2);
  });

  it.each<[string, Curriculum]>([
    ['none', { by: 'none' }],
    ['signal', { by: 'signal', explore: 0.1 }],
    ['success', { by: 'success', target: 0.5, width: 0.25, explore: 0.1 }],
  ])('goes on from a checkpoint as if it had never stopped, curriculum %s', async (_name, curriculum) => {
    const script: Script = ({ question, index, weights }) =>
      index < (Number(question.slice(1)) + weights) % 3 ? 'answer:gold' : 'answer:no';
    const settings = fakeSettings({
      ...{ steps: 20, checkpointEvery: 8, quarantine, curriculum },
      deadGroups: { policy: 'refill', maxRounds: 3 },
    });
    const whole = new FakeTraining(script);
    const first = await run(
      whole,
      settings,
      poisoned(whole, (id) => id === 'q3'),
    );
    const rest = new FakeTraining(script);
    rest.disk.set('checkpoint-8', whole.disk.get('checkpoint-8') ?? NaN);
    const state = JSON.parse(JSON.stringify(whole.states.get('checkpoint-8'))) as never;
    const resume = { step: 8, checkpoint: 'checkpoint-8', state, before: first.before, after: first.after };
    await run(
      rest,
      settings,
      poisoned(rest, (id) => id === 'q3'),
      { resume },
    );
    expect([...rest.lines]).toEqual([...whole.lines].slice(8));
    expect(rest.states.get('checkpoint-20')).toEqual(whole.states.get('checkpoint-20'));
    expect(rest.weights).toBe(whole.weights);
  });
});

describe('chooseQuestions', () => {
  const questions = Array.from({ length: 10 }, (_, index) => ({ id: `q${index}`, text: '', answers: ['a'] }));
  const record = (changes: Partial<QuestionRecord>): QuestionRecord => ({
    ...{ visits: 1, lastStep: 1, success: 0, signal: 1, faults: [] },
    ...changes,
  });
  const choose = (ledger: QuestionLedger, curriculum: Curriculum, step: number, asked: string[] = [], round = 1) =>
    chooseQuestions({
      questions,
      questionsPerStep: 3,
      seed: 5,
      step,
      round,
      asked: new Set(asked),
      ledger,
      curriculum,
    }).map(({ id }) => id);

  it('keeps the order of the data but for questions set aside, which others stand in for', () => {
    const free = new QuestionLedger();
    const [out = ''] = choose(free, { by: 'none' }, 1);
    const ledger = new QuestionLedger([[out, record({ quarantinedAt: 1 })]]);
    const chosen = choose(ledger, { by: 'none' }, 1);
    expect(chosen.slice(0, 2)).toEqual(choose(free, { by: 'none' }, 1).slice(1));
    expect(new Set(chosen).size).toBe(3);
    for (let step = 1; step <= 30; step++) expect(choose(ledger, { by: 'none' }, step)).not.toContain(out);
    expect(choose(ledger, { by: 'none' }, 2)).toEqual(choose(ledger, { by: 'none' }, 2));
  });

  it('asks more often what the weights want, never twice in a step, and forgets nobody', () => {
    const ledger = new QuestionLedger(
      questions.map(({ id }, index) => [id, record({ signal: index < 3 ? 1 : 0, success: index < 3 ? 0.5 : 1 })]),
    );
    for (const curriculum of [
      { by: 'signal', explore: 0.1 },
      { by: 'success', target: 0.5, width: 0.1, explore: 0.1 },
    ] as const) {
      const count = new Map<string, number>();
      for (let step = 1; step <= 300; step++) {
        const first = choose(ledger, curriculum, step);
        const second = choose(ledger, curriculum, step, first, 2);
        expect(new Set([...first, ...second]).size).toBe(6);
        for (const id of first) count.set(id, (count.get(id) ?? 0) + 1);
      }
      const wanted = ['q0', 'q1', 'q2'].map((id) => count.get(id) ?? 0);
      const others = questions.slice(3).map(({ id }) => count.get(id) ?? 0);
      expect(Math.min(...wanted)).toBeGreaterThan(2 * Math.max(...others));
      expect(Math.min(...others)).toBeGreaterThan(0);
    }
  });

  it('weighs by what taught something, not by who was right', () => {
    const curriculum = { by: 'signal', explore: 0.1 } as const;
    expect(questionWeight(undefined, curriculum)).toBe(1);
    // All wrong, and a near-miss gave the strategy something to learn.
    expect(questionWeight(record({ success: 0, signal: 1 }), curriculum)).toBe(1);
    expect(questionWeight(record({ success: 0.5, signal: 0 }), curriculum)).toBeCloseTo(0.1);
  });
});
