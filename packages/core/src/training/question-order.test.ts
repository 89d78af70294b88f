import { describe, expect, it } from '@jest/globals';
import { learningRateOfStep } from './learning-rate.js';
import { questionsOfFurtherRound, questionsOfStep } from './question-order.js';

const questions = Array.from({ length: 10 }, (_, index) => ({ id: `q${index}`, text: '', answers: ['a'] }));
const ids = (seed: number, step: number): string[] => questionsOfStep(questions, 3, seed, step).map(({ id }) => id);

describe('questionsOfStep', () => {
  it('shows no question twice within a pass and shuffles each pass anew', () => {
    const pass = [1, 2, 3].flatMap((step) => ids(7, step));
    expect(new Set(pass).size).toBe(9);
    expect(ids(7, 4)).not.toEqual(ids(7, 1));
  });

  it('depends on the seed and the step alone', () => {
    expect(ids(7, 5)).toEqual(ids(7, 5));
    expect(ids(8, 5)).not.toEqual(ids(7, 5));
  });

  it('refuses a step larger than the data', () => {
    expect(() => questionsOfStep(questions, 11, 1, 1)).toThrow(/only 10 training questions/);
  });
});

describe('questionsOfFurtherRound', () => {
  const further = (step: number, round: number): string[] =>
    questionsOfFurtherRound(questions, 3, 7, step, round).map(({ id }) => id);

  it('asks everything else once, then nothing', () => {
    const rounds = [2, 3, 4, 5].map((round) => further(4, round));
    expect(rounds.map((round) => round.length)).toEqual([3, 3, 1, 0]);
    expect(new Set([...ids(7, 4), ...rounds.flat()]).size).toBe(10);
  });

  it('depends on seed, step and round alone, and is not what the next step asks', () => {
    expect(further(1, 3)).toEqual(further(1, 3));
    // Each step has an order of its own, not one permutation of what is left.
    const permutation = (step: number): number[] => {
      const left = questions.map(({ id }) => id).filter((id) => !ids(7, step).includes(id));
      return [2, 3, 4].flatMap((round) => further(step, round)).map((id) => left.indexOf(id));
    };
    expect(permutation(2)).not.toEqual(permutation(1));
    expect(new Set(further(1, 2))).not.toEqual(new Set(ids(7, 2)));
  });
});

describe('learningRateOfStep', () => {
  const schedule = { learningRate: 1, warmupSteps: 2, schedule: 'linear' as const, steps: 6 };
  it('rises, then falls to nothing after the last step', () => {
    const rates = [1, 2, 3, 4, 5, 6, 7].map((step) => learningRateOfStep(schedule, step));
    expect(rates).toEqual([1 / 3, 2 / 3, 1, 0.75, 0.5, 0.25, 0]);
  });
  it('stays when constant', () => {
    expect(learningRateOfStep({ ...schedule, schedule: 'constant', warmupSteps: 0 }, 6)).toBe(1);
  });
});
