import { describe, expect, it } from '@jest/globals';
import { FakeTraining } from '../training/fake-training.fixture.js';
import type { TrainerState } from '../training/index.js';
import { stopAfterStep } from './stop-after-step.js';
import { withPluginMetrics } from './with-plugin-metrics.js';

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

describe('a record over another', () => {
  it('does all else as the one beneath', async () => {
    const training = new FakeTraining(() => 'answer:gold');
    const over = withPluginMetrics(training.record, () => ({ own: 1, step: 99 }));
    await over.appendMetrics({ step: 3 });
    // What a plugin measured never hides what the run did.
    expect(training.metrics).toEqual([{ own: 1, step: 3 }]);
    await over.writeTrajectories(3, ['line']);
    const evaluated: number[] = [];
    training.record.writeEvaluation = (step) => Promise.resolve(void evaluated.push(step));
    await over.writeEvaluation(3, []);
    expect(evaluated).toEqual([3]);
    await over.writeCheckpoint(3, state, write);
    await over.appendEvent({ step: 3, kind: 'k', message: 'm' });
    await over.writeBest({ step: 3, value: 1 }, { metric: 'eval/f1', mode: 'max' });
    await over.pruneCheckpoints({ newest: 1, also: [] });
    expect(training.lines.get(3)).toEqual(['line']);
    expect(training.states.get('checkpoint-3')).toEqual(state);
    expect(training.happenings).toHaveLength(1);
    expect(training.best).toEqual({ step: 3, value: 1 });
    expect(training.retention).toEqual({ newest: 1, also: [] });
    expect(await over.goBack(3, 1)).toMatchObject({ step: 3 });
    await over.writeTrajectories(4, []);
    await over.pruneTrajectories(1);
    expect([...training.lines.keys()]).toEqual([4]);
  });
});
