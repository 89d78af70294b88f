import { describe, expect, it } from '@jest/globals';
import { defaultGoldGuards, goldMatcher } from './gold-matcher.js';

const ask = (answers: string[], text = 'Which one?') => ({ text, answers });

describe('goldMatcher', () => {
  it('names the alias it found', () => {
    const matcher = goldMatcher(ask(['NYC', 'New York City']));
    expect(matcher.find('He moved to New York, City of dreams')).toBe('New York City');
    expect(matcher.find('He moved to Boston')).toBeNull();
    expect(matcher.find('')).toBeNull();
  });

  it('finds US in virus, unless words are asked for', () => {
    expect(goldMatcher(ask(['US'])).find('a virus')).toBe('US');
    const words = goldMatcher(ask(['US']), 'token-boundary');
    expect(words.find('a virus, not usable')).toBeNull();
    expect(words.find('made in “US”')).toBe('US');
    expect(words.find('virus in the US')).toBe('US');
    expect(words.find('Üus')).toBeNull();
    // The letter before lies one code unit further back than its half.
    expect(words.find('\u{20000}us')).toBeNull();
    expect(words.find('us\u{20000}')).toBeNull();
    expect(words.find('a“us”b')).toBe('US');
  });

  it('compares raw text with raw-lower', () => {
    const raw = goldMatcher(ask(['Jean-Luc']), 'raw-lower');
    expect(raw.find('JEAN-LUC')).toBe('Jean-Luc');
    expect(raw.find('Jean Luc')).toBeNull();
    expect(raw.find('JeanLuc')).toBeNull();
    expect(goldMatcher(ask(['Jean-Luc'])).find('JeanLuc')).toBe('Jean-Luc');
  });

  it('sees composed and decomposed accents as one letter', () => {
    expect(goldMatcher(ask(['Zoë'])).find('Zoe\u0308 went')).toBe('Zoë');
    expect(goldMatcher(ask(['Zoe\u0308'])).find('Zoë went')).toBe('Zoe\u0308');
  });

  it('leaves out gold that proves nothing', () => {
    const guarded = goldMatcher(ask(['The', '', 'Yes', 'no', 'noanswer', 'A', 'x', 'Oslo']));
    expect(guarded.answers).toEqual(['Oslo']);
    expect(goldMatcher(ask(['The', '!'])).find('the anything !')).toBeNull();
    const loose = { ignoreYesNo: false, minChars: 1, ignoreIfInQuestion: false };
    expect(goldMatcher(ask(['Yes', 'x', 'the']), 'normalized-substring', loose).answers).toEqual(['Yes', 'x']);
  });

  it('can leave out gold that stands in the question', () => {
    const question = ask(['Oslo', 'Bergen'], 'Is Oslo larger than Rome?');
    const guards = { ...defaultGoldGuards, ignoreIfInQuestion: true };
    expect(goldMatcher(question).answers).toEqual(['Oslo', 'Bergen']);
    expect(goldMatcher(question, 'normalized-substring', guards).answers).toEqual(['Bergen']);
  });

  it('finds nothing without aliases', () => {
    expect(goldMatcher(ask([])).find('anything')).toBeNull();
  });
});
