import { beforeAll, describe, expect, it } from '@jest/globals';
import { compareCredit, type StrategyResult } from './compare-credit.js';
import { comparisonPage } from './comparison-page.js';
import { comparisonText } from './comparison-text.js';
import { advantagesOf, groupOf, trajectoryOf } from './recorded-groups.fixture.js';

const groups = [
  groupOf('q1', [
    [trajectoryOf('q1/0', 1, 'Rome', 3), {}],
    [trajectoryOf('q1/1', 0, 'Rome', 5), {}],
    [trajectoryOf('q1/2', 0, 'Rome', 1), { outcome: null }],
  ]),
  groupOf('q2', [
    [trajectoryOf('q2/0', 1, 'Bonn', 2), { outcome: 1, correct: true }],
    [trajectoryOf('q2/1', 1, 'Rome', 2), {}],
  ]),
];
const strategy = (name: string, ...turns: number[][][]): StrategyResult => ({
  name,
  shaped: groups,
  advantages: [advantagesOf('all-wrong', turns[0] ?? []), advantagesOf('mixed', turns[1] ?? [])],
});
const turnwise = strategy(
  'turnwise',
  [[0.5, 0], [-0.5], [0]],
  [
    [1, 1],
    [0.5, -1],
  ],
);
const plain = strategy(
  'plain',
  [[0, 0], [0], [0]],
  [
    [10, 10],
    [-10, -10],
  ],
);

describe('compareCredit', () => {
  let comparison: ReturnType<typeof compareCredit>;
  beforeAll(() => {
    comparison = compareCredit(groups, [turnwise, plain]);
  });

  it('counts signal by composition, turn and token; abstaining members reach no turn', () => {
    expect(comparison).toMatchObject({ groups: 2, trajectories: 5, turns: 8, tokens: 20 });
    const [first, second] = comparison.strategies;
    expect(first).toMatchObject({
      groups: { 'all-wrong': { total: 1, withSignal: 1 }, mixed: { total: 1, withSignal: 1 } },
      groupsWithSignal: 2,
      deadGroups: 0,
      turnShare: 6 / 8,
      tokenShare: 16 / 20,
      byTurn: [
        { reached: 4, meanMagnitude: 0.625 },
        { reached: 3, meanMagnitude: 2 / 3 },
      ],
    });
    expect(second).toMatchObject({ groupsWithSignal: 1, deadGroups: 1, turnShare: 0.5 });
  });

  it('finds where signs differ, opposite ones first, one turn a trajectory', () => {
    expect(comparison.pairs).toEqual([
      { names: ['turnwise', 'plain'], same: 5, opposite: 1, onlyFirst: 2, onlySecond: 0 },
    ]);
    expect(comparison.oppositeTurns).toBe(1);
    expect(comparison.examples.map(({ kind, trajectory, turn }) => [kind, trajectory, turn])).toEqual([
      ['opposite', 'q2/1', 0],
      ['silent', 'q1/0', 0],
      ['silent', 'q1/1', 0],
    ]);
    expect(comparison.examples[0]).toMatchObject({
      action: 'search "q2/1 0"',
      advantages: { turnwise: 0.5, plain: -10 },
      // In units of each strategy's own mean: 0.5 / 0.75 + 10 / 10.
      distance: expect.closeTo(0.5 / 0.75 + 1, 10),
    });
    expect(compareCredit(groups, [turnwise, plain], 1).examples).toHaveLength(1);
  });

  it('is one strategy without pairs, and says so of transcripts that they hold no tokens', () => {
    const bare = groups.map((group) => ({
      ...group,
      trajectories: group.trajectories.map(({ id, answer }) => trajectoryOf(id, 1, answer ?? '')),
    }));
    const alone = compareCredit(bare, [{ ...turnwise, shaped: bare.map((group) => ({ ...group, shaped: [] })) }]);
    expect(alone).toMatchObject({ tokens: 0, pairs: [], examples: [], strategies: [{ tokenShare: null }] });
    expect(comparisonText(alone)).toContain('no tokens');
    expect(comparisonPage(alone, 'g.jsonl')).toContain('none recorded');
  });
});

describe('the numbers that are shown', () => {
  it('are those of the comparison, in columns', () => {
    expect(comparisonText(compareCredit(groups, [turnwise, plain])).split('\n')).toEqual([
      '2 groups, 5 trajectories, 8 turns, 20 tokens',
      '',
      '                                 turnwise    plain',
      'all-wrong groups with signal       1 of 1   0 of 1',
      'mixed groups with signal           1 of 1   1 of 1',
      'all-correct groups with signal     0 of 0   0 of 0',
      'groups with signal                 2 of 2   1 of 2',
      'dead groups                             0        1',
      'groups compared turn by turn            2        1',
      'turns with signal                   75.0%    50.0%',
      'tokens with signal                  80.0%    40.0%',
      'mean |advantage|, turn 0           0.6250   5.0000',
      'mean |advantage|, turn 1           0.6667   6.6667',
      '',
      'turns                same sign   opposite   first only   second only',
      'turnwise and plain           5          1            2             0',
      '',
      '1 of 8 turns get opposite signs',
      '',
      'seen most differently:',
      'q2, trajectory q2/1, turn 0: search "q2/1 0"',
      '  turnwise +0.5000   plain -10.0000',
      '  <search> q2/1 0 </search>',
      'q1, trajectory q1/0, turn 0: search "q1/0 0"',
      '  turnwise +0.5000   plain 0',
      '  <search> q1/0 0 </search>',
      'q1, trajectory q1/1, turn 0: answer "Rome"',
      '  turnwise -0.5000   plain 0',
      '  Rome',
    ]);
    const alone = comparisonText(compareCredit(groups, [turnwise])).split('\n');
    expect(alone.slice(12)).toEqual([
      'mean |advantage|, turn 1           0.6667',
      '',
      '0 of 8 turns get opposite signs',
    ]);
    const short = { ...plain, name: 'short', advantages: [advantagesOf('mixed', [[1], [1], [1]])] };
    expect(comparisonText(compareCredit(groups, [short, turnwise]))).toMatch(
      /turn 0 +1\.0000 +0\.6250\n.*turn 1 +0\.6667\n/,
    );
  });

  /** Tables of a page: rows of texts of cells, and the parts of the bars in them as tone, start and length of 160. */
  const tablesOf = (page: string): { text: string; bar: string[] }[][][] =>
    [...page.matchAll(/<table>(.*?)<\/table>/gs)].map(([, table = '']) =>
      [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
        [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => ({
          text: cell.replace(/<[^>]*>/g, ''),
          bar: [...cell.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="0" width="([\d.]+)"/g)].map((found) =>
            found.slice(1).join(' '),
          ),
        })),
      ),
    );
  const textsOf = (table: { text: string }[][] = []): string[] =>
    table.map((row) => row.map(({ text }) => text).join('|'));

  it('are those of the page, and its bars are as long', () => {
    const page = comparisonPage(compareCredit(groups, [turnwise, plain]), 'g.jsonl');
    const [signal, magnitudes, agreement, first, second] = tablesOf(page);
    expect(textsOf(signal)).toEqual([
      'strategy|all-wrong groups|mixed groups|all-correct groups|dead groups|turns|tokens',
      'turnwise|1 of 1|1 of 1|0 of 0|0|75.0%|80.0%',
      'plain|0 of 1|1 of 1|0 of 0|1|50.0%|40.0%',
    ]);
    const whole = 'quiet 0.00 160.00';
    expect(signal?.[2]?.map(({ bar }) => bar)).toEqual([
      ...[[], [whole, 'signal 0.00 0.00'], [whole, 'signal 0.00 160.00'], [whole, 'signal 0.00 0.00'], []],
      ...[
        [whole, 'signal 0.00 80.00'],
        [whole, 'signal 0.00 64.00'],
      ],
    ]);
    expect(textsOf(magnitudes)).toEqual([
      'strategy|turn 0|turn 1',
      'turnwise|0.6250 (4)|0.6667 (3)',
      'plain|5.0000 (4)|6.6667 (3)',
    ]);
    // In shares of the largest mean, 20 / 3.
    expect(magnitudes?.slice(1).map((row) => row.slice(1).map(({ bar }) => bar[1]))).toEqual([
      ['signal 0.00 15.00', 'signal 0.00 16.00'],
      ['signal 0.00 120.00', 'signal 0.00 160.00'],
    ]);
    expect(textsOf(agreement)).toEqual([
      'strategies|same|first only|second only|opposite|',
      'turnwise and plain|5|2|0|1|',
    ]);
    expect(agreement?.[1]?.at(-1)?.bar).toEqual([
      ...[whole, 'quiet 0.00 100.00', 'signal 100.00 40.00', 'second 140.00 0.00', 'against 140.00 20.00'],
    ]);
    expect(textsOf(first)).toEqual(['strategy|advantage|', 'turnwise|+0.5000|', 'plain|-10.0000|']);
    expect(first?.slice(1).map((row) => row[2]?.bar)).toEqual([['signal 80.00 4.00'], ['against 0.00 80.00']]);
    expect(textsOf(second)).toEqual(['strategy|advantage|', 'turnwise|+0.5000|', 'plain|0|']);
    expect(page).toContain('1 of 8 turns get opposite signs.');
    expect(page).toContain('<bdi>g.jsonl</bdi>: 2 groups, 5 trajectories, 8 turns, 20 tokens');
    expect(page).toContain('<title>Credit: turnwise, plain</title>');
    expect(page).toContain('<span class="key against"></span>opposite');
    expect(page.match(/\((opposite signs|signal for some only)\)/g)).toEqual([
      '(opposite signs)',
      '(signal for some only)',
      '(signal for some only)',
    ]);
  });

  it('are zeros where nothing carries signal, and the page says that all agree', () => {
    const silent = (name: string) => ({ ...plain, name, advantages: [advantagesOf('all-wrong', [[0, 0], [0], [0]])] });
    const page = comparisonPage(compareCredit(groups.slice(0, 1), [silent('a'), silent('b')]), 'g.jsonl');
    expect(page).toContain('The strategies agree on the sign of every turn.');
    const [, magnitudes] = tablesOf(page);
    expect(magnitudes?.[1]?.[1]).toEqual({ text: '0.0000 (2)', bar: ['quiet 0.00 160.00', 'signal 0.00 0.00'] });
    const empty = compareCredit(
      [],
      [silent('a'), silent('b')].map((one) => ({ ...one, advantages: [] })),
    );
    expect(empty).toMatchObject({ groups: 0, turns: 0, strategies: [{ turnShare: 0, byTurn: [] }, { deadGroups: 0 }] });
    const [, , agreement] = tablesOf(comparisonPage(empty, 'g.jsonl'));
    expect(agreement?.[1]?.at(-1)?.bar[1]).toBe('quiet 0.00 0.00');
    expect(comparisonPage(empty, 'g.jsonl')).toContain('0 turns, no tokens');
  });

  it('are shown with the first 1,200 characters of a turn', () => {
    const page = (length: number): string => {
      const text = '𝒳'.repeat(length);
      const long = trajectoryOf('q1/0', 0, text);
      const group = groupOf('q1', [[long, {}]]);
      const result = (name: string, value: number) => ({
        ...{ name, shaped: [group], advantages: [advantagesOf('mixed', [[value]])] },
      });
      return comparisonPage(compareCredit([group], [result('a', 1), result('b', -1)]), 'g.jsonl');
    };
    expect(/<pre><bdi>(.*)<\/bdi><\/pre>/.exec(page(1200))?.[1]).toBe('𝒳'.repeat(1200));
    expect(/<pre><bdi>(.*)<\/bdi><\/pre>/.exec(page(1201))?.[1]).toBe(`${'𝒳'.repeat(1200)} ...`);
  });

  it('puts the larger of two disagreements of a kind first, also within a trajectory', () => {
    const group = groupOf('q', [
      [trajectoryOf('small', 0, 'x'), {}],
      [trajectoryOf('large', 1, 'x'), {}],
      [trajectoryOf('opposite', 2, 'x'), {}],
    ]);
    const of = (name: string, turns: number[][]) => ({
      ...{ name, shaped: [group], advantages: [advantagesOf('mixed', turns)] },
    });
    const { examples, pairs, strategies } = compareCredit(
      [group],
      [of('a', [[1], [1, 3], [9, 0.5, 0]]), of('b', [[0], [0, 0], [0, -0.5, 0]]), of('c', [[1], [1, 3], [9, 0.5, 0]])],
    );
    expect(examples.map(({ kind, trajectory, turn }) => [kind, trajectory, turn])).toEqual([
      ['opposite', 'opposite', 1],
      ['silent', 'large', 1],
      ['silent', 'small', 0],
    ]);
    // A turn alone makes a group carry signal.
    expect(strategies.map(({ groupsWithSignal }) => groupsWithSignal)).toEqual([1, 1, 1]);
    expect(pairs).toEqual([
      { names: ['a', 'b'], same: 1, opposite: 1, onlyFirst: 4, onlySecond: 0 },
      { names: ['a', 'c'], same: 6, opposite: 0, onlyFirst: 0, onlySecond: 0 },
      { names: ['b', 'c'], same: 1, opposite: 1, onlyFirst: 0, onlySecond: 4 },
    ]);
  });
});

describe('a page and a text of hostile rollouts', () => {
  const hostile = '</pre><script src="http://x.test/a.js">alert(1)</script>\u001b[2J\u202e"\'&<img onerror=x>';
  const evil = groups.map((group) => ({
    ...group,
    question: { ...group.question, id: hostile },
    trajectories: group.trajectories.map((trajectory) => ({
      ...trajectory,
      id: hostile,
      turns: trajectory.turns.map((turn) => ({
        ...turn,
        output: { ...turn.output, text: hostile.repeat(200) },
        action: { kind: 'search' as const, query: hostile },
      })),
    })),
  }));
  let comparison: ReturnType<typeof compareCredit>;
  let page = '';
  beforeAll(() => {
    comparison = compareCredit(evil, [turnwise, plain]);
    page = comparisonPage(comparison, hostile);
  });

  it('holds no markup of theirs, no script and no address', () => {
    const allowed =
      /^(html|head|meta|title|style|body|h1|h2|p|div|table|thead|tbody|tr|th|td|svg|rect|line|article|pre|bdi|strong|span)$/;
    const attributes =
      /^(lang|charset|http-equiv|content|name|scope|class|role|aria-label|width|height|viewBox|[xy][12]?)$/;
    for (const [, name = '', rest = ''] of page.matchAll(/<([a-z0-9]+)([^>]*)>/gi)) {
      expect(name).toMatch(allowed);
      for (const [, attribute = ''] of rest.matchAll(/([^\s=]+)="[^"]*"/g)) expect(attribute).toMatch(attributes);
      expect(rest.replace(/\s[^\s=]+="[^"]*"/g, '')).toMatch(/^\/?$/);
    }
    expect(page).not.toMatch(/url\(|@import/);
    expect(page).toContain('&lt;/pre&gt;&lt;script src=&quot;http://x.test/a.js&quot;&gt;');
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    for (const text of [page, comparisonText(comparison)])
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('closes every element it opens', () => {
    const open: string[] = [];
    for (const [, end, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
      if (['meta', 'rect', 'line'].includes(name) || rest.endsWith('/')) continue;
      if (end === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});
