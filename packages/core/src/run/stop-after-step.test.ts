import { describe, expect, it } from '@jest/globals';
import { FakeTraining } from '../training/fake-training.fixture.js';
import type { TrainerState } from '../training/index.js';
import { stopAfterStep } from './stop-after-step.js';

const state: TrainerState = { updates: 1, data: { pass: 0, position: 1 }, events: 0, best: null, plugins: {} };
const write = (): Promise<void> => Promise.resolve();

describe('an interrupt', () => {
  it('before the first line ends the work at once, for there is nothing to save', () => {
    const interrupt = new AbortController();
    const { signal, savedStep } = stopAfterStep(interrupt.signal);
    expect(signal.aborted).toBe(false);
    interrupt.abort('enough');
    expect(signal.reason).toBe('enough');
    expect(savedStep()).toBeNull();
  });

  it('that came before everything does too', () => {
    expect(stopAfterStep(AbortSignal.abort('early')).signal.reason).toBe('early');
  });

  it('once lines are recorded leaves the step under way its end, and knows the step that was saved for it', async () => {
    const interrupt = new AbortController();
    const stop = stopAfterStep(interrupt.signal);
    const training = new FakeTraining(() => 'answer:gold');
    const record = stop.record(training.record);
    await record.appendMetrics({ step: 0 });
    expect(await record.writeCheckpoint(1, state, write)).toBe('checkpoint-1');
    expect(stop.savedStep()).toBeNull();
    interrupt.abort();
    expect(stop.signal.aborted).toBe(false);
    expect(stop.interrupt.aborted).toBe(true);
    await record.writeCheckpoint(2, state, write);
    expect(stop.savedStep()).toBe(2);
    expect([...training.states.keys()]).toEqual(['checkpoint-1', 'checkpoint-2']);
  });
});
