import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GroupVisit } from './group-visits.js';
import { curveHeight, deepestFall, heightWeights, stepsTo } from './learning-curve.js';
import { metricSeries, thirdsOf } from './metric-series.js';
import { sumConversions, trainingConversion } from './near-miss-conversion.js';

const curve = [0, 5, 10, 20].map((step, index) => ({ step, value: [0.2, 0.6, 0.5, 0.7][index] as number }));

describe('a learning curve', () => {
  it('has a mean height by trapezoids', () => {
    // (0.4 * 5 + 0.55 * 5 + 0.6 * 10) / 20
    expect(curveHeight(curve)).toBeCloseTo(0.5375, 12);
    expect(curveHeight([{ step: 3, value: 0.4 }])).toBe(0.4);
    expect(curveHeight([])).toBeNaN();
  });

  it('crosses a threshold at a measured step, or never', () => {
    expect([0.1, 0.6, 0.65, 0.8].map((threshold) => stepsTo(threshold, curve))).toEqual([0, 5, 20, null]);
  });

  it('falls below its own best', () => {
    expect(deepestFall(curve)).toBeCloseTo(0.1, 12);
    expect(deepestFall([])).toBe(0);
  });

  it('has weights that sum to 1, and a height between its ends', () => {
    const steps = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (places, values) => {
        const sorted = places.sort((left, right) => left - right);
        const points = sorted.map((step) => ({ step, value: Number(values.next().value) }));
        expect(heightWeights(sorted).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
        const heights = points.map(({ value }) => value);
        expect(curveHeight(points)).toBeGreaterThanOrEqual(Math.min(...heights) - 1e-9);
        expect(curveHeight(points)).toBeLessThanOrEqual(Math.max(...heights) + 1e-9);
      }),
      { seed: 43 },
    );
  });
});

describe('trainingConversion', () => {
  const visit = (step: number, question: string, composition: GroupVisit['composition'], nearMissed = false) => ({
    step,
    question,
    composition,
    nearMissed,
  });

  it('follows questions that come again from their first to their last group', () => {
    const conversion = trainingConversion([
      visit(1, 'solved', 'all-wrong', true),
      visit(1, 'kept', 'all-wrong', true),
      visit(1, 'blind', 'all-wrong'),
      visit(1, 'once', 'all-wrong', true),
      visit(1, 'right', 'mixed', true),
      visit(2, 'solved', 'all-wrong', true),
      visit(3, 'solved', 'mixed'),
      visit(3, 'kept', 'all-wrong'),
      visit(3, 'blind', 'all-correct'),
      visit(3, 'right', 'all-correct'),
    ]);
    expect(conversion).toEqual({ nearMissed: { early: 2, solved: 1 }, missed: { early: 1, solved: 1 } });
    expect(sumConversions([conversion, conversion]).nearMissed).toEqual({ early: 4, solved: 2 });
  });
});

describe('metricSeries', () => {
  it('has the mean and the range at each step that any run recorded', () => {
    const runs = [
      { metrics: [{ step: 0, e: 1 }, { step: 1 }, { step: 2, e: 3 }] },
      {
        metrics: [
          { step: 0, e: 2 },
          { step: 2, e: 5 },
          { step: 3, e: 7 },
        ],
      },
    ] as { metrics: Record<string, number>[] }[];
    const series = metricSeries(runs, 'e');
    expect(series).toEqual({ steps: [0, 2, 3], mean: [1.5, 4, 7], min: [1, 3, 7], max: [2, 5, 7] });
    expect(thirdsOf(series)).toEqual([1.5, 4, 7]);
  });
});
