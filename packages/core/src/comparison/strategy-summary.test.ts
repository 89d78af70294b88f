import { describe, expect, it } from '@jest/globals';
import { compareRuns } from './compare-runs.js';
import type { FinishedRun } from './finished-run.js';
import { runOf } from './finished-runs.fixture.js';
import { metricSeries, thirdsOf } from './metric-series.js';
import { heldOutConversion } from './near-miss-conversion.js';
import { assertSameQuestions } from './question-tables.js';
import { smallComparison } from './small-comparison.fixture.js';
import { strategySummary } from './strategy-summary.js';

/** One question that the first seed learns at step 10, the second never, the third at step 2, and then forgets by half. */
const runs = [
  runOf('mine', 1, { 0: [0], 2: [0], 10: [1] }),
  runOf('mine', 2, { 0: [0.5], 2: [0], 10: [0] }),
  runOf('mine', 3, { 0: [0], 2: [1], 10: [0.5] }),
];
const withMetrics = (rows: FinishedRun['metrics']): FinishedRun => ({ ...(runs[0] as FinishedRun), metrics: rows });

describe('strategySummary', () => {
  it('has the scores of each seed, and intervals over both or over questions alone', () => {
    const { seeds, before, scores, deepestFall } = strategySummary(runs, 0.75, 200);
    expect(seeds).toEqual([1, 2, 3]);
    expect(before.values).toEqual([0, 0.5, 0]);
    expect(scores.exactMatch).toMatchObject({ mean: 0.5, seeds: { values: [1, 0, 0.5], min: 0, max: 1, mean: 0.5 } });
    // Trapezoids over 10 steps: (0 + 4), (0.5 + 0), (1 + 6) of 10.
    const heights = [0.4, 0.05, 0.7];
    heights.forEach((height, index) => expect(scores.curveHeight.seeds.values[index]).toBeCloseTo(height, 12));
    expect(scores.curveHeight.mean).toBeCloseTo((0.4 + 0.05 + 0.7) / 3, 12);
    // Another set of questions can only be this one; another set of seeds may be three times the best or the worst.
    expect(scores.exactMatch.intervalOverQuestions).toEqual({ low: 0.5, high: 0.5 });
    expect(scores.exactMatch.interval).toEqual({ low: 0, high: 1 });
    expect(deepestFall.values).toEqual([0, 0.5, 0.5]);
  });

  it('times the threshold in steps, later than any for those that never reach it', () => {
    expect(strategySummary(runs, 0.75, 1).stepsToThreshold).toEqual({ seeds: [10, null, 2], reached: 2, median: 10 });
    expect(strategySummary(runs.slice(0, 2), 0.75, 1).stepsToThreshold.median).toBeNull();
    expect(strategySummary(runs, 1.5, 1).stepsToThreshold).toEqual({
      seeds: [null, null, null],
      reached: 0,
      median: null,
    });
  });

  it('takes what was measured last, whatever rows come after, and leaves out what never was', () => {
    const first = withMetrics([{ step: 0, 'eval/unanswered': 0.5 }, { step: 4, 'eval/unanswered': 0.25 }, { step: 5 }]);
    const second = withMetrics([{ step: 4, 'eval/unanswered': 0.75, 'eval/turns-mean': 3 }]);
    const { after } = strategySummary([first, second, withMetrics([{ step: 1 }])], 0.5, 1);
    expect(Object.keys(after)).toEqual(['unanswered', 'turnsMean']);
    expect(after['unanswered']).toMatchObject({ mean: 0.5, values: [0.25, 0.75] });
    expect(after['turnsMean']?.values).toEqual([3]);
  });

  it('adds up effort over steps, and the share of groups with signal over those that say', () => {
    const { effort, signalShare, series, thirds } = strategySummary(
      [
        withMetrics([
          { step: 1, 'groups/dead': 0.5, 'rollout/tokens': 10, 'rollout/seconds': 1, 'update/seconds': 0.5 },
          { step: 2, 'groups/dead': 0.25, 'rollout/tokens': 20, 'rollout/seconds': 2 },
          { step: 3, 'rollout/tokens': 5 },
        ]),
      ],
      0.5,
      1,
    );
    expect([effort.policyTokens.mean, effort.seconds.mean, signalShare.mean]).toEqual([35, 3.5, 1 - 0.375]);
    expect(series).toEqual({ 'groups/dead': { steps: [1, 2], mean: [0.5, 0.25], min: [0.5, 0.25], max: [0.5, 0.25] } });
    expect(Object.keys(thirds)).toHaveLength(6);
    expect(() => strategySummary([], 0.5, 1)).toThrow('at least one run');
  });
});

describe('thirdsOf', () => {
  it('are means of equal parts, nothing where there are too few', () => {
    const of = (...mean: number[]) => thirdsOf({ steps: mean, mean, min: mean, max: mean });
    expect(of(1, 3, 5, 7, 9, 11)).toEqual([2, 6, 10]);
    expect(of(4, 6)).toEqual([Number.NaN, 4, 6]);
    expect(of()).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('follow steps in their order, whatever run recorded them first', () => {
    const rows = [
      [
        { step: 10, e: 3 },
        { step: 2, e: 1 },
      ],
      [{ step: 2, e: 2 }, { e: 9 }],
    ] as Record<string, number>[][];
    expect(
      metricSeries(
        rows.map((metrics) => ({ metrics })),
        'e',
      ),
    ).toEqual({
      ...{ steps: [2, 10], mean: [1.5, 3], min: [1, 3], max: [2, 3] },
    });
  });
});

describe('heldOutConversion', () => {
  it('takes as missed what nobody had right, and as solved what half had right', () => {
    const { measurements } = runOf('mine', 1, { 0: [0, 0, 0, 0.25], 4: [0.5, 0.4, 1, 1] }, { gold: [1, 0.5, 0, 1] });
    expect(heldOutConversion(measurements)).toEqual({
      nearMissed: { early: 2, solved: 1 },
      missed: { early: 1, solved: 1 },
    });
  });
});

describe('compareRuns on what was recorded', () => {
  it('sorts seeds, keeps the order of strategies, and says what every run was given', () => {
    const comparison = smallComparison({ missing: [{ strategy: 'delta', seed: 0, folder: '/x', reason: 'why' }] });
    expect(comparison).toMatchObject({
      ...{ strategies: ['alpha', 'bravo', 'carol', 'delta'], seeds: [0, 1, 2], heldOutQuestions: 2, complete: false },
      budget: { steps: 4, questionsPerStep: 2, groupSize: 4, maxTurns: 3, evalEvery: 2 },
      ...{ threshold: { exactMatch: 0.5, chosen: 'half-way' }, createdAt: '2026-01-02T03:04:05.000Z' },
    });
    expect(comparison.summaries.map(({ seeds }) => seeds)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(smallComparison({ threshold: 0.2 }).threshold).toEqual({ exactMatch: 0.2, chosen: 'given' });
    expect(smallComparison().complete).toBe(true);
    expect(() => compareRuns([])).toThrow('at least one run');
  });

  it('has each run with its curve, as it was given', () => {
    const [first, second] = compareRuns([runs[2], runs[1]] as FinishedRun[], { threshold: 0.75, resamples: 1 }).runs;
    expect(first).toMatchObject({ strategy: 'mine', seed: 3, folder: '/mine-3', exactMatch: 0.5, stepsToThreshold: 2 });
    expect(first?.curveHeight).toBeCloseTo(0.7, 12);
    expect(first?.curve).toEqual([
      { step: 0, value: 0 },
      { step: 2, value: 1 },
      { step: 10, value: 0.5 },
    ]);
    expect(second).toMatchObject({ seed: 2, exactMatch: 0, stepsToThreshold: null });
  });

  it('knows that not all trajectories are there when only every second step kept them', () => {
    const [run] = runs as [FinishedRun];
    const config = { ...run.manifest.config, training: { ...run.manifest.config.training, trajectoriesEvery: 2 } };
    const partly = { ...run, manifest: { ...run.manifest, config } };
    expect(compareRuns([partly], { resamples: 1 }).allTrajectories).toBe(false);
  });

  it('takes the half-way threshold from the mean start to the best mean end', () => {
    const other = [runOf('other', 1, { 0: [0], 10: [0.25] }), runOf('other', 2, { 0: [0.5], 10: [0.75] })];
    // Starts: 0, 0.5, 0, 0, 0.5; ends: 0.5 in the mean of both.
    expect(compareRuns([...runs, ...other], { resamples: 1 }).threshold.exactMatch).toBeCloseTo((0.2 + 0.5) / 2, 12);
  });

  it('holds questions against each other by name and order', () => {
    const [run] = runs as [FinishedRun];
    const renamed = run.measurements.map(({ step, scores }) => ({
      step,
      scores: scores.map((score) => ({ ...score, question: step === 2 ? 'else' : score.question })),
    }));
    expect(() => assertSameQuestions([run, { ...run, folder: '/odd', measurements: renamed }])).toThrow(
      'The held-out questions of /odd after step 2 are not those of /mine-1.',
    );
    expect(() => assertSameQuestions([])).not.toThrow();
  });
});
