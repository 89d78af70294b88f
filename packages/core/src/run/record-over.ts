import type { TrainingRecord } from '../training/index.js';

/** A record that does some things differently and everything else as the given one. */
export function recordOver(record: TrainingRecord, changes: Partial<TrainingRecord>): TrainingRecord {
  return {
    appendMetrics: (metrics) => record.appendMetrics(metrics),
    writeTrajectories: (step, lines) => record.writeTrajectories(step, lines),
    writeEvaluation: (step, scores) => record.writeEvaluation(step, scores),
    appendEvent: (event) => record.appendEvent(event),
    writeCheckpoint: (step, state, write) => record.writeCheckpoint(step, state, write),
    writeBest: (best, by) => record.writeBest(best, by),
    pruneCheckpoints: (retention) => record.pruneCheckpoints(retention),
    pruneTrajectories: (newest) => record.pruneTrajectories(newest),
    goBack: (latest, rollback) => record.goBack(latest, rollback),
    ...changes,
  };
}
