import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { learningRateOfStep, type LearningRateSchedule } from './learning-rate.js';

const rates = (options: LearningRateSchedule) =>
  Array.from({ length: options.steps }, (_, index) => learningRateOfStep(options, index + 1));

it('rises over the warm-up, then stays or falls to a step from nothing', () => {
  const options = { learningRate: 1, warmupSteps: 3, schedule: 'constant', steps: 6 } as const;
  expect(rates(options)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  expect(rates({ ...options, schedule: 'linear' })).toEqual([0.25, 0.5, 0.75, 1, 2 / 3, 1 / 3]);
  expect(rates({ ...options, schedule: 'linear', warmupSteps: 0, steps: 4 })).toEqual([1, 0.75, 0.5, 0.25]);
});

it('reaches the rate with the step after the warm-up, is never above it and never zero, and would be after the last', () => {
  const schedules = fc.record({
    learningRate: fc.constantFrom(0.5, 3e-4),
    warmupSteps: fc.nat(5),
    schedule: fc.constantFrom('constant' as const, 'linear' as const),
    steps: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(schedules, (options) => {
      const { learningRate, warmupSteps, schedule, steps } = options;
      for (const rate of rates(options)) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(learningRate * (1 + 1e-12));
      }
      if (steps <= warmupSteps) return;
      expect(learningRateOfStep(options, warmupSteps + 1)).toBeCloseTo(learningRate, 12);
      expect(learningRateOfStep(options, steps + 1)).toBe(schedule === 'linear' ? 0 : learningRate);
    }),
    { seed: 91 },
  );
});
