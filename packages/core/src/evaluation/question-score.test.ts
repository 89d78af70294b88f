import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Question, Trajectory, Turn } from '../contract/index.js';
import { reportOn } from './evaluation-report.js';
import { questionScores, trajectoryScore } from './question-score.js';

const question: Question = {
  ...{ id: 'q1', text: 'Who wrote Velkar?', answers: ['Tinvek Oru', 'T. Oru', '!'] },
  ...{ supportingIds: ['p1', 'p2', 'p2'], hops: 2, type: 'bridge' },
};

const output = { text: '', tokenIds: [], logprobs: [] };

function searching(...passages: readonly [id: string, text: string][]): Turn {
  const hits = passages.map(([id, text]) => ({ id, title: '', text, score: 1 }));
  const text = passages.map(([, passage]) => passage).join('\n');
  return {
    output,
    action: { kind: 'search', query: 'x' },
    observation: { text, hits, status: 'ok' },
  } as unknown as Turn;
}
const invalid = { output, action: { kind: 'invalid', reason: 'no-action' }, observation: null } as unknown as Turn;

function trajectory(answer: string | null, turns: readonly Turn[] = [], failure?: object): Trajectory {
  const last = answer === null ? [] : [{ output, action: { kind: 'answer', text: answer }, observation: null }];
  const all = [...turns, ...last];
  return { id: 'q1/0', turns: all, answer, stopReason: 'answered', ...(failure ? { failure } : {}) } as never;
}

describe('trajectoryScore', () => {
  it('counts answer, searches, what they showed, and turns that were neither', () => {
    const turns = [searching(['p9', 'By Tinvek Oru.'], ['p1', 'Other.']), invalid, searching(['p1', 'Other.'])];
    expect(trajectoryScore(question, trajectory('the Tinvek Oru!', turns))).toEqual({
      ...{ exactMatch: 1, f1: 1, coverMatch: 1, goldRetrieved: 1, supportingRecall: 0.5 },
      ...{ turns: 4, searches: 2, invalidTurns: 1, unanswered: 0, failed: 0 },
    });
  });

  it.each<[string, string | null, number, number, number]>([
    ['an answer with more around it', 'it was Tinvek Oru', 0, 2 / 3, 1],
    ['a part of it', 'Tinvek', 0, 2 / 3, 0],
    ['another', 'Velkar', 0, 0, 0],
    ['none, though a gold answer normalises to nothing', '', 0, 0, 0],
    ['none at all', null, 0, 0, 0],
  ])('scores %s', (_, answer, exactMatch, f1, coverMatch) => {
    const score = trajectoryScore(question, trajectory(answer));
    expect(score).toMatchObject({ exactMatch, coverMatch, goldRetrieved: 0, supportingRecall: 0 });
    expect(score.f1).toBeCloseTo(f1, 12);
    expect(score.unanswered).toBe(answer === null ? 1 : 0);
  });

  it('takes yes and no as a whole', () => {
    const closed = { ...question, answers: ['no'] };
    expect(trajectoryScore(closed, trajectory('no one'))).toMatchObject({ f1: 0, exactMatch: 0 });
    expect(trajectoryScore(closed, trajectory('No.'))).toMatchObject({ f1: 1, exactMatch: 1 });
  });
});

describe('questionScores', () => {
  const failure = { code: 'ROLLOUT_SEARCH', message: 'down' };
  const plain: Question = { id: 'q2', text: '?', answers: ['x'] };
  let scores: ReturnType<typeof questionScores>;
  beforeAll(() => {
    scores = questionScores([
      {
        question,
        trajectories: [
          trajectory('Tinvek Oru', [searching(['p1', ''], ['p2', ''])]),
          trajectory(null, [searching(['p1', '']), invalid, invalid], failure),
        ],
      },
      { question: plain, trajectories: [trajectory('y')] },
      { question: { ...plain, id: 'q3' }, trajectories: [] },
    ]);
  });

  it('are means over trajectories', () => {
    expect(scores[0]).toEqual({
      ...{ question: 'q1', hops: 2, type: 'bridge', trajectories: 2 },
      ...{ exactMatch: 0.5, f1: 0.5, coverMatch: 0.5, goldRetrieved: 0, supportingRecall: 0.75 },
      ...{ turns: 2.5, searches: 1, invalidTurns: 1, unanswered: 0.5, failures: 1 },
      answers: ['Tinvek Oru', null],
    });
    expect(scores[1]).toMatchObject({ exactMatch: 0, supportingRecall: null, failures: 0, answers: ['y'] });
    expect(scores[1]).not.toHaveProperty('hops');
    expect(scores[2]).toMatchObject({ trajectories: 0, exactMatch: 0, unanswered: 0 });
  });

  it('are summed up by trajectory, supporting passages by question, invalid turns by turn', () => {
    expect(reportOn(scores)).toMatchObject({
      ...{ questions: 3, trajectories: 3, exactMatch: 1 / 3, f1: 1 / 3, coverMatch: 1 / 3, goldRetrieved: 0 },
      ...{ supportingRecall: 0.75, turnsMean: 2, searchesMean: 2 / 3, invalidRate: 2 / 6, failures: 1 },
      unanswered: expect.closeTo(1 / 3, 12) as unknown,
      answered: expect.closeTo(2 / 3, 12) as unknown,
      byHops: { 2: { questions: 1, trajectories: 2 } },
    });
  });

  it('of nothing are zeros', () => {
    expect(reportOn([])).toEqual({
      ...{ questions: 0, trajectories: 0, exactMatch: 0, f1: 0, coverMatch: 0, goldRetrieved: 0 },
      ...{ supportingRecall: null, turnsMean: 0, searchesMean: 0, answered: 0, unanswered: 0 },
      ...{ invalidRate: 0, failures: 0, byHops: {}, byType: {} },
    });
  });

  it('are in the order of the names of hops and types, numbers as numbers', () => {
    const some = [10, 9, 2].map(
      (hops, index) => ({ ...scores[1], hops, type: 'cab'[index] }) as (typeof scores)[number],
    );
    expect(Object.keys(reportOn(some).byHops)).toEqual(['2', '9', '10']);
    expect(Object.keys(reportOn(some).byType)).toEqual(['a', 'b', 'c']);
  });
});
