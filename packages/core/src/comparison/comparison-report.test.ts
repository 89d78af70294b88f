import { describe, expect, it } from '@jest/globals';
import type { RunComparison } from './compare-runs.js';
import { comparisonFigures } from './comparison-figures.js';
import { comparisonReport } from './comparison-report.js';
import { percent, pText, runComparisonText, signedPercent } from './comparison-text.js';
import { smallComparison } from './small-comparison.fixture.js';

const missing = [{ strategy: 'delta', seed: 9, folder: '/x', reason: 'why' }];

/** The tables of a page: rows of cells, without their markup; the headings first. */
function tablesOf(comparison: RunComparison): string[][][] {
  const page = comparisonReport(comparison, [], 'x');
  return [...page.matchAll(/<table>(.*?)<\/table>/gs)].map(([, table = '']) =>
    [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
      [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '')),
    ),
  );
}

describe('the page of a comparison', () => {
  it('has the scores of each strategy', () => {
    expect(tablesOf(smallComparison())[0]).toEqual([
      'strategy|seeds|before|exact match|F1|cover match|curve height|gold retrieved|unanswered|turns'.split('|'),
      [
        ...['alpha', '2', '0.0', '100.0 [100.0, 100.0]', '100.0 [100.0, 100.0]', '100.0 [100.0, 100.0]'],
        // (0.25 * 2 + 0.75 * 2) / 4
        ...['50.0 [50.0, 50.0]', '75.0', '12.5', '2.50'],
      ],
      [
        ...['bravo', '2', '0.0', '50.0 [50.0, 50.0]', '75.0 [75.0, 75.0]', '100.0 [100.0, 100.0]'],
        ...['12.5 [12.5, 12.5]', '-', '-', '-'],
      ],
      [
        ...['carol', '2', '0.0', '0.0 [0.0, 0.0]', '50.0 [50.0, 50.0]', '100.0 [100.0, 100.0]'],
        ...['12.5 [12.5, 12.5]', '-', '-', '-'],
      ],
    ]);
  });

  it('has the differences of each pair, absolute and relative, p after and before correction', () => {
    const [headings, ...rows] = tablesOf(smallComparison())[1] ?? [];
    expect(headings?.join('|')).toBe(
      'strategies|measure|difference|relative|p over questions|p over seeds|seed by seed',
    );
    // Two of two differ the same way: 2 of 4 patterns; three pairs.
    const p = '1.000 (0.500)';
    expect(rows.filter((_, index) => index % 4 === 0)).toEqual([
      ['alpha - bravo', 'exact match', '+50.0 [50.0, 50.0]', '+100.0%', p, p, '+50.0, +50.0'],
      ['alpha - carol', 'exact match', '+100.0 [100.0, 100.0]', '-', p, p, '+100.0, +100.0'],
      ['bravo - carol', 'exact match', '+50.0 [50.0, 50.0]', '-', p, p, '+50.0, +50.0'],
    ]);
    expect(rows.slice(1, 4)).toEqual([
      ['', 'F1', '+25.0 [25.0, 25.0]', '+33.3%', p, p, '+25.0, +25.0'],
      ['', 'cover match', '0.0 [0.0, 0.0]', '0.0%', '1.000 (1.000)', '1.000 (1.000)', '0.0, 0.0'],
      ['', 'curve height', '+37.5 [37.5, 37.5]', '+300.0%', p, p, '+37.5, +37.5'],
    ]);
  });

  it('has speed, stability and cost', () => {
    expect(tablesOf(smallComparison())[2]).toEqual([
      [
        ...['strategy', 'steps, seed by seed', 'median', 'reached', 'exact match: sd over seeds'],
        ...['worst and best seed', 'curve height: sd', 'deepest fall', 'policy tokens', 'seconds'],
      ],
      ['alpha', '2, 2', '2', '2 of 2', '0.0', '100.0, 100.0', '0.0', '0.0', '3,000', '11'],
      ['bravo', '4, 4', '4', '2 of 2', '0.0', '50.0, 50.0', '0.0', '0.0', '0', '0'],
      ['carol', 'never, never', 'never', '0 of 2', '0.0', '0.0, 0.0', '0.0', '25.0', '0', '0'],
    ]);
  });

  it('has the groups of each third, and what became of near-misses', () => {
    const [, , , groups = [], conversions = []] = tablesOf(smallComparison());
    expect(groups[0]?.join('|')).toBe('strategy|signal|all-wrong|mixed|all-correct|dead|with a near-miss|unanswered');
    expect(groups[1]).toEqual([
      ...['alpha', '50.0', '60.0 / 40.0 / 20.0', '30.0 / 40.0 / 50.0', '10.0 / 20.0 / 30.0'],
      ...['70.0 / 50.0 / 30.0', '5.0 / 10.0 / 15.0', '30.0 / 20.0 / 10.0'],
    ]);
    expect(groups[2]?.slice(0, 3)).toEqual(['bravo', '75.0', '- / - / -']);
    expect(conversions).toEqual([
      ['strategy', 'held-out near-missed', 'held-out missed', 'training near-missed', 'training missed'],
      ['alpha', '2 of 2 (100.0%)', '2 of 2 (100.0%)', '2 of 4 (50.0%)', 'none'],
      // Half right is solved.
      ['bravo', '2 of 2 (100.0%)', '2 of 2 (100.0%)', 'none', 'none'],
      ['carol', '0 of 2 (0.0%)', '0 of 2 (0.0%)', 'none', 'none'],
    ]);
  });

  it('says what was compared, how small p can be on shared seeds, and which runs are missing', () => {
    const page = comparisonReport(smallComparison({ missing }), [], 'x.yaml').replaceAll(/\s+/g, ' ');
    expect(page).toContain(
      '<bdi>x.yaml</bdi>, 2026-01-02 03:04 UTC. Each run: 4 steps of 2 questions x 4 trajectories',
    );
    expect(page).toContain('at most 3 turns. 2 held-out questions, the same for all; seeds 1, 2, 9.');
    expect(page).toContain('With 2 seeds in common no p over seeds can be below 0.500 before correction.');
    expect(page).toContain('1 run is missing:</strong></p><ul><li><bdi>delta</bdi>, seed 9: <bdi>why</bdi></li></ul>');
    expect(page).toContain('(every 2 steps) with an exact match of at least 50.0% (half-way from');
    const whole = comparisonReport(smallComparison({ threshold: 0.25 }), [], 'x.yaml').replaceAll(/\s+/g, ' ');
    expect(whole).not.toMatch(/missing:|<ul>/);
    expect(whole).toContain('of at least 25.0% (as asked for)');
    expect(whole).toContain('<title>Compared: alpha, bravo, carol</title>');
    const two = comparisonReport(smallComparison({ missing: [...missing, ...missing] }), [], 'x');
    expect(two).toContain('2 runs are missing:');
  });

  it('takes the most seeds that a pair shares, and the smallest p of all pairs; says nothing of it without pairs', () => {
    const comparison = smallComparison();
    const [first, second] = comparison.pairs as unknown as [
      RunComparison['pairs'][number],
      RunComparison['pairs'][number],
    ];
    const { exactMatch } = second.measures;
    const overSeeds = { ...exactMatch.overSeeds, smallestP: 0.25 };
    const measures = { ...second.measures, exactMatch: { ...exactMatch, overSeeds } };
    const page = (pairs: RunComparison['pairs']): string => comparisonReport({ ...comparison, pairs }, [], 'x');
    expect(page([first, { ...second, seeds: [1, 2, 3], measures }])).toContain(
      'With 3 seeds in common no p over seeds can be below 0.250 before',
    );
    expect(page([{ ...first, seeds: [1] }])).toContain('With one seed in common no p over seeds can be below 0.500');
    expect(page([])).not.toContain('in common');
  });

  it('shows each figure with its caption and file', () => {
    const figure = { name: 'one', caption: 'a<b', svg: '<svg></svg>' };
    expect(comparisonReport(smallComparison(), [figure], 'x')).toContain(
      '<figure><svg></svg><figcaption><bdi>a&lt;b</bdi> <span class="faint">(figures/<bdi>one</bdi>.svg)</span></figcaption></figure>',
    );
  });
});

describe('the text of a comparison', () => {
  it('is aligned tables of strategies and pairs, and what is missing', () => {
    const lines = [
      '4 steps of 2 x 4 trajectories; 2 held-out questions; percent',
      '',
      'strategy  seeds  exact match [95% interval]  F1     curve height  steps to 50.0    unanswered  signal',
      'alpha     2      100.0 [100.0, 100.0]        100.0  50.0          2                12.5        50.0',
      'bravo     2      50.0 [50.0, 50.0]           75.0   12.5          4                -           75.0',
      'carol     2      0.0 [0.0, 0.0]              50.0   12.5          0 of 2 reach it  -           75.0',
      '',
      'exact match    difference [95% interval]  p over questions  p over seeds',
      'alpha - bravo  +50.0 [50.0, 50.0]         1.000             1.000',
      'alpha - carol  +100.0 [100.0, 100.0]      1.000             1.000',
      'bravo - carol  +50.0 [50.0, 50.0]         1.000             1.000',
      'p-values after Holm correction over the pairs',
    ];
    const comparison = smallComparison();
    expect(runComparisonText(comparison).split('\n')).toEqual(lines);
    expect(
      runComparisonText({ ...comparison, missing })
        .split('\n')
        .slice(12),
    ).toEqual(['', 'missing: delta, seed 9: why']);
    expect(runComparisonText({ ...comparison, pairs: [] }).split('\n')).toEqual(lines.slice(0, 6));
  });

  it('writes numbers with the digits that mean something', () => {
    expect([0.6125, 0, Number.NaN].map(percent)).toEqual(['61.3', '0.0', '-']);
    expect([0.034, 0, -0.034].map(signedPercent)).toEqual(['+3.4', '0.0', '-3.4']);
    expect([0.00099, 0.001, 0.5, Number.NaN].map(pText)).toEqual(['<0.001', '0.001', '0.500', '-']);
  });
});

describe('the figures of a comparison', () => {
  const described = (comparison: RunComparison): Record<string, string | undefined> =>
    Object.fromEntries(
      comparisonFigures(comparison).map(({ name, svg }) => [name, /<desc>(.*)<\/desc>/.exec(svg)?.[1]]),
    );

  it('show the numbers of the comparison', () => {
    expect(described(smallComparison())).toEqual({
      'learning-curves': 'exact match (%): alpha ends at 100; bravo has no values; carol has no values.',
      'final-scores':
        'score (%): alpha, exact match 100; bravo, exact match 50; carol, exact match 0; alpha, F1 100; bravo, F1 75; carol, F1 50; alpha, curve height 50; bravo, curve height 12.5; carol, curve height 12.5.',
      differences: 'difference (percentage points): alpha - bravo 50; alpha - carol 100; bravo - carol 50.',
      composition: 'alpha: all-wrong from 60% to 20%; bravo has no values; carol has no values.',
      // What is not dead.
      signal: 'groups (%): alpha ends at 70; bravo ends at 75; carol ends at 75.',
      'near-miss-conversion':
        'solved after (%): alpha, near-missed 100; alpha, missed 100; bravo, near-missed 100; bravo, missed 100; carol, near-missed 0; carol, missed 0.',
      'gold-retrieved': 'questions (%): alpha ends at 75; bravo has no values; carol has no values.',
      unanswered: 'trajectories (%): alpha ends at 10; bravo has no values; carol has no values.',
    });
  });

  it('write the threshold, p, counts and areas beside or into them', () => {
    const byName = Object.fromEntries(comparisonFigures(smallComparison()).map((figure) => [figure.name, figure]));
    expect(byName['learning-curves']?.svg).toContain('>threshold 50.0%</text>');
    expect(byName['gold-retrieved']?.svg).not.toContain('threshold');
    expect(byName['differences']?.svg).toContain('>+100.0  p 1.000, 1.000</text>');
    expect(byName['near-miss-conversion']?.svg).toMatch(/>2 of 2<.*>0 of 2</s);
    // The whole range, whatever the values; all areas of the three panels.
    expect(byName['near-miss-conversion']?.svg).toMatch(/>0<.*>100</s);
    const areas = [...(byName['composition']?.svg ?? '').matchAll(/<polygon points="([^"]*)"/g)];
    expect(areas.slice(0, 3).map(([, points]) => points)).toEqual([
      '56.0,108.0 139.0,138.0 222.0,168.0 222.0,198.0 139.0,198.0 56.0,198.0',
      '56.0,63.0 139.0,78.0 222.0,93.0 222.0,168.0 139.0,138.0 56.0,108.0',
      '56.0,48.0 139.0,48.0 222.0,48.0 222.0,93.0 139.0,78.0 56.0,63.0',
    ]);
    expect(byName['signal']?.caption).toContain('mean over 2 seeds; the band is their range');
    expect(comparisonFigures({ ...smallComparison(), seeds: [1] })[0]?.caption).toContain('mean over one seed;');
  });

  it('have the range over seeds as a band, also of what is left of the whole', () => {
    const comparison = smallComparison();
    const [summary] = comparison.summaries;
    const dead = { steps: [0, 10], mean: [0.5, 0.5], min: [0.25, 0], max: [0.75, 1] };
    const summaries = [{ ...summary, series: { 'groups/dead': dead } }] as RunComparison['summaries'];
    const svg = comparisonFigures({ ...comparison, summaries }).find(({ name }) => name === 'signal')?.svg ?? '';
    // Upper edge first: 75% and 100% of 248 above 276.
    const points = (/<polygon points="([^"]*)"/.exec(svg)?.[1] ?? '').split(' ').map((point) => point.split(',')[1]);
    expect(points).toEqual(['90.0', '28.0', '276.0', '214.0']);
  });

  it('say that nothing was missed where nothing was', () => {
    const comparison = smallComparison();
    const none = { early: 0, solved: 0 };
    const nothing = { nearMissed: none, missed: none };
    const summaries = comparison.summaries.map((one) => ({
      ...one,
      nearMissConversion: { heldOut: nothing, training: nothing },
    }));
    const figure = comparisonFigures({ ...comparison, summaries }).find(({ name }) => name === 'near-miss-conversion');
    expect(figure?.svg.match(/nothing to measure/g)).toHaveLength(6);
    expect(figure?.svg).toContain('>100</text>');
  });
});
