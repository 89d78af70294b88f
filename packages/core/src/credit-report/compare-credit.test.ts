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
