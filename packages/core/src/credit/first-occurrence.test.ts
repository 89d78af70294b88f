import { describe, expect, it } from '@jest/globals';
import type { Observation, Trajectory } from '../contract/index.js';
import { goldMatcher } from '../text/index.js';
import { defaultOccurrenceSearch, findFirstOccurrence } from './first-occurrence.js';

const matcher = goldMatcher({ text: 'Which city?', answers: ['Paris'] });

function trajectory(...steps: { text?: string; observation?: Partial<Observation> | null }[]): Trajectory {
  return {
    id: 'q/0',
    answer: 'Rome',
    stopReason: 'answered',
    turns: steps.map(({ text = '', observation = {} }) => ({
      output: { text, tokenIds: [], logprobs: [] },
      action: { kind: 'search', query: 'x' },
      observation: observation === null ? null : { status: 'ok', text: '', hits: [], ...observation },
    })),
  };
}

describe('findFirstOccurrence', () => {
  it('names the first of several turns', () => {
    const seen = trajectory({}, { observation: { text: 'in Paris.' } }, { observation: { text: 'Paris again' } });
    expect(findFirstOccurrence(seen, matcher)).toEqual({ turn: 1, answer: 'Paris' });
    expect(findFirstOccurrence(trajectory({}, {}), matcher)).toBeNull();
    expect(findFirstOccurrence(trajectory(), matcher)).toBeNull();
  });

  it('never matches corrections, failures and turns without observation', () => {
    for (const status of ['invalid', 'empty', 'timeout', 'error'] as const) {
      expect(findFirstOccurrence(trajectory({ observation: { status, text: 'Paris' } }), matcher)).toBeNull();
    }
    expect(findFirstOccurrence(trajectory({ text: 'Paris', observation: null }), matcher)).toBeNull();
  });

  it('looks where it is told to', () => {
    const written = trajectory({ text: 'maybe Paris' }, { observation: { text: 'Paris' } });
    expect(findFirstOccurrence(written, matcher)?.turn).toBe(1);
    expect(findFirstOccurrence(written, matcher, { ...defaultOccurrenceSearch, scope: 'assistant' })?.turn).toBe(0);
    expect(findFirstOccurrence(written, matcher, { ...defaultOccurrenceSearch, scope: 'both' })?.turn).toBe(0);
    const read = trajectory({ observation: { text: 'Paris' } });
    expect(findFirstOccurrence(read, matcher, { ...defaultOccurrenceSearch, scope: 'assistant' })).toBeNull();
    expect(findFirstOccurrence(read, matcher, { ...defaultOccurrenceSearch, scope: 'both' })?.turn).toBe(0);
  });

  it('reads the truncated text the policy saw, or the whole hits', () => {
    const hits = [{ id: 'p', title: 'France', text: 'Its capital is Paris.', score: 1 }];
    const cut = trajectory({ observation: { text: 'Doc 1(Title: France) Its cap', hits } });
    expect(findFirstOccurrence(cut, matcher)).toBeNull();
    expect(findFirstOccurrence(cut, matcher, { ...defaultOccurrenceSearch, observationText: 'hits' })?.turn).toBe(0);
  });

  it('finds gold in the title of a hit, unless titles are left out', () => {
    const hits = [{ id: 'p', title: 'Paris', text: 'A town.', score: 1 }];
    const seen = trajectory({ observation: { text: 'cut', hits } });
    const whole = { ...defaultOccurrenceSearch, observationText: 'hits' as const };
    expect(findFirstOccurrence(seen, matcher, whole)?.turn).toBe(0);
    expect(findFirstOccurrence(seen, matcher, { ...whole, ignoreTitle: true })).toBeNull();
  });

  it('leaves the text alone where a title is missing or does not stand in it', () => {
    for (const title of [undefined, '', 'Nowhere']) {
      const hits = [{ id: 'p', text: 'x', score: 1, ...(title === undefined ? {} : { title }) }];
      const seen = trajectory({ observation: { text: 'Paris', hits } });
      expect(findFirstOccurrence(seen, matcher, { ...defaultOccurrenceSearch, ignoreTitle: true })?.turn).toBe(0);
    }
  });

  it('can leave out titles, but not what follows them', () => {
    const hits = [
      { id: 'p', title: 'Paris', text: 'A town in Texas.', score: 1 },
      { id: 'r', title: 'Lyon', text: 'South of Paris.', score: 0.5 },
    ];
    const text = 'Doc 1(Title: Paris) A town in Texas.';
    const ignoring = { ...defaultOccurrenceSearch, ignoreTitle: true };
    const first = trajectory({ observation: { text, hits: hits.slice(0, 1) } });
    expect(findFirstOccurrence(first, matcher)?.turn).toBe(0);
    expect(findFirstOccurrence(first, matcher, ignoring)).toBeNull();
    expect(findFirstOccurrence(first, matcher, { ...ignoring, observationText: 'hits' })).toBeNull();
    const both = trajectory({ observation: { text: `${text}\nDoc 2(Title: Lyon) South of Paris.`, hits } });
    expect(findFirstOccurrence(both, matcher, ignoring)?.turn).toBe(0);
    expect(findFirstOccurrence(both, matcher, { ...ignoring, observationText: 'hits' })?.turn).toBe(0);
  });
});
