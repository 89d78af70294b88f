import { describe, expect, it } from '@jest/globals';
import { options, protocol, questions, scripted, search } from '../rollout/scripted-rollout.fixture.js';
import { evaluate } from './evaluate.js';

describe('evaluate', () => {
  it('asks every question and sums up what was answered', async () => {
    const asked: string[] = [];
    const policy = scripted(({ messages }) =>
      JSON.stringify(messages).includes('Question 2') ? '<answer> x </answer>' : '<answer> y </answer>',
    );
    const evaluation = await evaluate(
      { policy, protocol, search },
      {
        ...{ questions, runSeed: 1, step: 0, options, signal: new AbortController().signal },
        onFinished: ({ id }, { answer }) => asked.push(`${id} ${answer}`),
      },
    );
    expect(asked.sort()).toEqual(['q1 y', 'q1 y', 'q2 x', 'q2 x', 'q3 y', 'q3 y']);
    expect(evaluation.scores.map(({ question, exactMatch, answers }) => [question, exactMatch, answers])).toEqual([
      ['q1', 0, ['y', 'y']],
      ['q2', 1, ['x', 'x']],
      ['q3', 0, ['y', 'y']],
    ]);
    expect(evaluation.report).toMatchObject({ questions: 3, trajectories: 6, exactMatch: 1 / 3, turnsMean: 1 });
    expect(evaluation.groups.map(({ trajectories }) => trajectories.length)).toEqual([2, 2, 2]);
  });
});
