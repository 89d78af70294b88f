import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { containsAnswer, exactMatch, multiHopF1, normalizeAnswer, tokenF1 } from '@turnwise/core';

interface Scored {
  readonly prediction: string;
  readonly golds: readonly string[];
  readonly normalized: string;
  readonly em: 0 | 1;
  readonly subem: 0 | 1;
  readonly f1: number;
}

/** Made by test/parity/answer_scores.py, which runs HotpotQA's and Search-R1's own scorers on random answers. */
const file = new URL('answer-scores.json', import.meta.url);
const { cases, sources } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Scored[]; sources: string };

describe(`answers scored by ${sources}`, () => {
  it('are 400, of every kind', () => {
    expect(cases).toHaveLength(400);
    expect(cases.filter(({ em }) => em === 1).length).toBeGreaterThan(100);
    expect(cases.filter(({ f1 }) => f1 > 0 && f1 < 1).length).toBeGreaterThan(100);
    expect(cases.filter(({ prediction }) => /[^\x00-\x7f]/.test(prediction)).length).toBeGreaterThan(100);
    // Some of them tell HotpotQA's F1 from SQuAD's.
    const differ = cases.filter(({ prediction, golds, f1 }) => Math.abs(tokenF1(prediction, golds) - f1) > 1e-9);
    expect(differ.length).toBeGreaterThan(0);
  });

  it('normalise to the same text', () => {
    const ours = cases.map(({ prediction }) => normalizeAnswer(prediction));
    expect(ours).toEqual(cases.map(({ normalized }) => normalized));
  });

  it('have the same EM and sub-EM', () => {
    const ours = cases.map(({ prediction, golds }) => [
      exactMatch(prediction, golds),
      containsAnswer(prediction, golds),
    ]);
    expect(ours).toEqual(cases.map(({ em, subem }) => [em, subem]));
  });

  it('have the same F1 to 1e-12', () => {
    for (const { prediction, golds, f1 } of cases) {
      const ours = multiHopF1(prediction, golds);
      if (Math.abs(ours - f1) > 1e-12)
        throw new Error(`${JSON.stringify({ prediction, golds })}: ${ours}, theirs ${f1}`);
    }
  });
});
