import { describe, expect, it } from '@jest/globals';
import { FakeTraining } from '../training/fake-training.fixture.js';
import type { TrainerState } from '../training/index.js';
import { withPluginMetrics } from './with-plugin-metrics.js';

const state: TrainerState = { updates: 1, data: { pass: 0, position: 1 }, events: 0, best: null, plugins: {} };

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
    await over.writeCheckpoint(3, state, () => Promise.resolve());
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
