import { describe, expect, it } from '@jest/globals';
import { randomStream } from '@turnwise/core';
import type { GroupSummary } from '../dashboard/views.js';
import { chooseGroups, turningPoints } from './choose-groups.js';
import { spread } from './spread.js';

/** Every failure names its seed. */
const seeds = Array.from({ length: 40 }, (_, index) => 1000 + index);

describe('the choice of samples', () => {
  it('spreads over a run: every beginning of the order leaves gaps of like width', () => {
    for (let count = 0; count < 70; count++) {
      const order = spread(count);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, place) => place));
      for (let taken = 2; taken <= count; taken++) {
        const places = order.slice(0, taken).sort((a, b) => a - b);
        expect([places[0], places.at(-1)]).toEqual([0, count - 1]);
        const gaps = places.slice(1).map((place, index) => place - (places[index] as number));
        expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps) + 2);
      }
    }
  });

  it.each(seeds)('shows one group of each state before a second of any (seed %i)', (seed) => {
    const random = randomStream(seed);
    const groups = Array.from({ length: random.integer(20) }, (_, index): GroupSummary => {
      const trajectories = 1 + random.integer(8);
      const composition = (['all-wrong', 'mixed', 'all-correct'] as const)[random.integer(3)] ?? 'mixed';
      const missing = composition === 'all-correct' ? 0 : random.integer(trajectories + 1);
      const outcome = composition === 'all-wrong' ? 0 : composition === 'mixed' ? random.next() : 1;
      const question = { id: `q${index}`, text: '' };
      const rest = { level: 'turn', dead: false, turns: random.integer(30) } as const;
      const state = composition === 'all-wrong' && missing > 0 ? ('near-miss' as const) : composition;
      return { index, question, composition, state, nearMisses: missing, trajectories, outcome, ...rest };
    });
    const most = random.integer(8);
    const chosen = chooseGroups(groups, most);
    expect(chosen).toHaveLength(Math.min(most, groups.length));
    expect(new Set(chosen.map(({ index }) => index)).size).toBe(chosen.length);
    const counts = (list: readonly GroupSummary[]): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const group of list) sums[group.state] = (sums[group.state] ?? 0) + 1;
      return sums;
    };
    const [held, there] = [counts(chosen), counts(groups)];
    for (const [state, count] of Object.entries(there)) {
      // A state that has more to show is never two behind another.
      const own = held[state] ?? 0;
      if (own < count) for (const other of Object.values(held)) expect(other - own).toBeLessThanOrEqual(1);
    }
    expect(chooseGroups(groups, most)).toEqual(chosen);
  });

  it('follows a question over the visits at which it changed', () => {
    const states = ['all-wrong', 'all-wrong', 'near-miss', 'near-miss', 'mixed', 'all-correct', 'all-correct'] as const;
    const visits = states.map((state, index) => ({ step: 10 * index, state }));
    expect(turningPoints({ id: 'q', text: '', visits }, 9)).toEqual([0, 20, 40, 50, 60]);
    expect(turningPoints({ id: 'q', text: '', visits }, 3)).toEqual([0, 40, 60]);
    expect(turningPoints({ id: 'q', text: '', visits: [] })).toEqual([]);
  });
});
