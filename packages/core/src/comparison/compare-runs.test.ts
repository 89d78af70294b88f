import { beforeAll, describe, expect, it } from '@jest/globals';
import { TurnwiseError } from '../errors/index.js';
import { compareRuns } from './compare-runs.js';
import { comparisonFigures } from './comparison-figures.js';
import { comparisonReport } from './comparison-report.js';
import { runComparisonText } from './comparison-text.js';
import { runOf } from './finished-runs.fixture.js';

const better = [1, 2, 3, 4, 5].map((seed) =>
  runOf('better', seed, { 0: [0, 0, 0, 0], 2: [1, 0, 0, 0], 4: [1, 1, 1, 0] }, { gold: [1, 1, 1, 0] }),
);
const worse = [1, 2, 3, 4, 5].map((seed) =>
  runOf('worse', seed, { 0: [0, 0, 0, 0], 2: [0, 0, 0, 0], 4: [1, 0, 0, 0] }, { gold: [1, 1, 1, 0] }),
);
const options = { resamples: 500, now: new Date(0) };

describe('compareRuns', () => {
  let comparison: ReturnType<typeof compareRuns>;
  beforeAll(() => {
    comparison = compareRuns([...worse, ...better], options);
  });

  it('sums up each strategy over seeds and questions', () => {
    const [first, second] = comparison.summaries;
    expect(comparison.strategies).toEqual(['worse', 'better']);
    expect([first?.scores.exactMatch.mean, second?.scores.exactMatch.mean]).toEqual([0.25, 0.75]);
    // (0 + 1/4) / 2 over the first half, (1/4 + 3/4) / 2 over the second.
    expect(second?.scores.curveHeight.mean).toBeCloseTo((0.125 + 0.5) / 2, 12);
    expect(second?.scores.curveHeight.seeds.values[0]).toBeCloseTo((0.125 + 0.5) / 2, 12);
    expect(second?.scores.exactMatch.seeds.standardDeviation).toBe(0);
    expect(second?.signalShare.mean).toBe(0.75);
    expect(second?.effort).toMatchObject({ policyTokens: { mean: 200 }, seconds: { mean: 6 } });
  });

  it('says in the report when trajectories were not kept, so that training questions are only counted in part', () => {
    const [first, ...others] = better;
    const { manifest } = first as (typeof better)[number];
    const training = { ...manifest.config.training, keepTrajectories: 2 };
    const short = {
      ...(first as (typeof better)[number]),
      manifest: { ...manifest, config: { ...manifest.config, training } },
    };
    const partly = compareRuns([short, ...others], options);
    expect([comparison.allTrajectories, partly.allTrajectories]).toEqual([true, false]);
    const sentence = 'only the groups that were kept count';
    expect(comparisonReport(partly, [], 'x')).toContain(sentence);
    expect(comparisonReport(comparison, [], 'x')).not.toContain(sentence);
  });

  it('times the threshold, half-way between start and best end', () => {
    expect(comparison.threshold).toEqual({ exactMatch: 0.375, chosen: 'half-way' });
    expect(comparison.summaries[0]?.stepsToThreshold).toEqual({
      seeds: [null, null, null, null, null],
      reached: 0,
      median: null,
    });
    expect(comparison.summaries[1]?.stepsToThreshold).toMatchObject({ reached: 5, median: 4 });
    expect(compareRuns(better, { ...options, threshold: 0.2 }).summaries[0]?.stepsToThreshold.median).toBe(2);
  });

  it('pairs strategies on questions and on seeds, and says what p could be at best', () => {
    const [pair] = comparison.pairs;
    expect(pair?.strategies).toEqual(['worse', 'better']);
    expect(pair?.measures.exactMatch).toMatchObject({
      difference: -0.5,
      relative: -0.5 / 0.75,
      // Two of four questions differ, both the same way: 2 of 4 patterns.
      overQuestions: { p: 0.5, holm: 0.5, smallestP: 0.5 },
      // All five seeds differ the same way: 2 of 32.
      overSeeds: { p: 2 / 32, holm: 2 / 32, smallestP: 2 / 32 },
      seeds: [-0.5, -0.5, -0.5, -0.5, -0.5],
    });
    const three = compareRuns([...worse, ...better, ...better.map((run) => ({ ...run, strategy: 'third' }))], options);
    expect(three.pairs.map(({ measures }) => measures.exactMatch.overSeeds.holm)).toEqual([6 / 32, 6 / 32, 1]);
  });

  it('compares on the seeds that both have', () => {
    const partial = compareRuns([...worse.slice(0, 3), ...better.slice(1)], options);
    expect(partial.pairs[0]?.seeds).toEqual([2, 3]);
    expect(compareRuns([...worse.slice(0, 1), ...better.slice(1)], options).pairs).toEqual([]);
  });

  it('counts near-misses that were solved later, and misses without retrieval beside them', () => {
    expect(comparison.summaries[1]?.nearMissConversion.heldOut).toEqual({
      nearMissed: { early: 15, solved: 15 },
      missed: { early: 5, solved: 0 },
    });
  });

  it('refuses runs that were asked other questions', () => {
    const other = runOf('other', 1, { 0: [0], 4: [1] });
    const compare = (): unknown => compareRuns([...better, other], options);
    expect(compare).toThrow(TurnwiseError);
    expect(compare).toThrow('The held-out questions of /other-1 after step 0 are not those of /better-1.');
  });
});

describe('what a comparison is shown as', () => {
  const hostile = '<script>alert(1)</script>\u001b[31m\u202etxt "quoted"';
  const missing = [{ strategy: 'worse', seed: 9, folder: '/x', reason: hostile }];
  let comparison: ReturnType<typeof compareRuns>;
  let figures: ReturnType<typeof comparisonFigures>;
  let page = '';
  beforeAll(() => {
    comparison = compareRuns([...worse, ...better], { ...options, missing });
    figures = comparisonFigures(comparison);
    page = comparisonReport(comparison, figures, `${hostile}.yaml`);
  });

  it('is a page without script, request or control character, whatever it is told', () => {
    expect(page).not.toMatch(/<script|javascript:|\son\w+=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/i);
    expect(page).not.toMatch(/[\u001b\u202e]/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain("default-src 'none'");
    expect(comparison.complete).toBe(false);
  });

  it('has figures that are an SVG of their own with finite places', () => {
    expect(figures.length).toBeGreaterThan(0);
    for (const { svg } of figures) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(unbalanced(svg)).toEqual([]);
    }
  });

  it('is tables of text in a terminal', () => {
    const text = runComparisonText(comparison);
    expect(text).toContain('worse - better');
    expect(text).toContain('-50.0');
    expect(text).toContain('missing: worse, seed 9');
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });
});

/** Tags that are opened and not closed, or the other way round. */
function unbalanced(markup: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', rest = ''] of markup.matchAll(/<(\/?)([a-z]+)([^>]*)>/gi)) {
    if (closing === '/') {
      if (open.pop() !== name) return [name];
    } else if (!rest.endsWith('/')) open.push(name);
  }
  return open;
}
