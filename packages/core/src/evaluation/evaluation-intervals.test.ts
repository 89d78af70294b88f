import { beforeAll, describe, expect, it } from '@jest/globals';
import { defaultResamples, evaluationIntervals } from './evaluation-intervals.js';
import { reportOn } from './evaluation-report.js';
import type { QuestionScore } from './question-score.js';

function scoreOf(question: string, more: Partial<QuestionScore> = {}): QuestionScore {
  return {
    question,
    trajectories: 1,
    exactMatch: 0,
    f1: 0,
    coverMatch: 0,
    goldRetrieved: 0,
    supportingRecall: null,
    turns: 2,
    searches: 1,
    invalidTurns: 0,
    unanswered: 0,
    failures: 0,
    answers: ['x'],
    ...more,
  };
}

/** 80 of 200 right; the even ones have two hops. */
const scores = Array.from({ length: 200 }, (_, index) =>
  scoreOf(`q${index}`, {
    exactMatch: index < 80 ? 1 : 0,
    hops: index % 2 === 0 ? 2 : 4,
    type: 'bridge',
    ...(index < 50 ? { supportingRecall: index < 25 ? 1 : 0.5 } : {}),
    ...(index < 10 ? { turns: 4, invalidTurns: 2 } : {}),
  }),
);

describe('reportOn', () => {
  it('sums up overall, by hops and by type', () => {
    const report = reportOn(scores);
    expect(report).toMatchObject({ questions: 200, exactMatch: 0.4, supportingRecall: 0.75, answered: 1 });
    expect(report.turnsMean).toBeCloseTo(2.1, 12);
    expect(report.invalidRate).toBeCloseTo(20 / 420, 12);
    expect(Object.keys(report.byHops)).toEqual(['2', '4']);
    expect(report.byHops['2']).toMatchObject({ questions: 100, exactMatch: 0.4 });
    expect(report.byType['bridge']?.questions).toBe(200);
  });
});

describe('evaluationIntervals', () => {
  let intervals: ReturnType<typeof evaluationIntervals>;
  beforeAll(() => {
    intervals = evaluationIntervals(scores, { resamples: 400 });
  });

  it('comes close to the normal interval of a share', () => {
    const half = 1.96 * Math.sqrt((0.4 * 0.6) / 200);
    expect(intervals.overall.exactMatch?.low).toBeCloseTo(0.4 - half, 1.6);
    expect(intervals.overall.exactMatch?.high).toBeCloseTo(0.4 + half, 1.6);
    const halfOfHundred = 1.96 * Math.sqrt((0.4 * 0.6) / 100);
    expect(intervals.byHops['2']?.exactMatch?.low).toBeCloseTo(0.4 - halfOfHundred, 1.5);
  });

  it('measures supporting recall over the questions that name passages, and invalid turns over turns', () => {
    const { supportingRecall, invalidRate } = intervals.overall;
    expect(supportingRecall?.low).toBeGreaterThan(0.65);
    expect(supportingRecall?.high).toBeLessThan(0.85);
    expect(invalidRate?.low).toBeGreaterThan(0.01);
    expect(invalidRate?.high).toBeLessThan(0.09);
    expect(evaluationIntervals([scoreOf('a')]).overall).not.toHaveProperty('supportingRecall');
  });

  it('is the same again, has no width where nothing varies, and takes fewer resamples of many questions', () => {
    expect(evaluationIntervals(scores, { resamples: 400 })).toEqual(intervals);
    expect(intervals.overall.f1).toEqual({ low: 0, high: 0 });
    expect(intervals.resamples).toBe(400);
    expect(evaluationIntervals([]).overall).toEqual({});
    expect([1, 4_000, 1_000_000].map(defaultResamples)).toEqual([10_000, 5_000, 1_000]);
  });

  it('weighs questions by their trajectories, and invalid turns by all turns', () => {
    // One question: every resample is it alone.
    const one = scoreOf('a', {
      trajectories: 4,
      exactMatch: 0.75,
      f1: 0.5,
      turns: 2.5,
      invalidTurns: 0.5,
      unanswered: 0.25,
    });
    const { overall } = evaluationIntervals([one], { resamples: 20 });
    expect(overall).toMatchObject({
      ...{ exactMatch: { low: 0.75, high: 0.75 }, f1: { low: 0.5, high: 0.5 }, turnsMean: { low: 2.5, high: 2.5 } },
      ...{
        answered: { low: 0.75, high: 0.75 },
        invalidRate: { low: 0.2, high: 0.2 },
        searchesMean: { low: 1, high: 1 },
      },
    });
    // Of two, half of the resamples hold both: the middle 40% are (3 * 1 + 1 * 0) / 4.
    const two = [scoreOf('a', { trajectories: 3, exactMatch: 1 }), scoreOf('b', { exactMatch: 0 })];
    const middle = evaluationIntervals(two, { resamples: 2000, confidence: 0.4 });
    expect(middle.overall.exactMatch).toEqual({ low: 0.75, high: 0.75 });
    expect(middle.confidence).toBe(0.4);
    expect(evaluationIntervals(two, { resamples: 400 }).overall.exactMatch).toEqual({ low: 0, high: 1 });
  });

  it('leaves out resamples without a question that has the measure', () => {
    const some = [scoreOf('a', { supportingRecall: 0.5 }), scoreOf('b'), scoreOf('c')];
    const { supportingRecall } = evaluationIntervals(some, { resamples: 500 }).overall;
    expect(supportingRecall).toEqual({ low: 0.5, high: 0.5 });
  });

  it('draws anew for another seed', () => {
    const few = { resamples: 50 };
    expect(evaluationIntervals(scores, { ...few, seed: 1 })).not.toEqual(evaluationIntervals(scores, few));
    expect(evaluationIntervals(scores, { ...few, seed: 0 })).toEqual(evaluationIntervals(scores, few));
  });
});
