import type { TrainingRecord } from '../training/index.js';

/** A record that adds what plugins measured themselves to the metrics of each step. */
export function withPluginMetrics(record: TrainingRecord, drain: () => Record<string, number>): TrainingRecord {
  return {
    appendMetrics: (metrics) => record.appendMetrics({ ...drain(), ...metrics }),
    writeTrajectories: (step, lines) => record.writeTrajectories(step, lines),
    writeEvaluation: (step, scores) => record.writeEvaluation(step, scores),
    writeCheckpoint: (step, write) => record.writeCheckpoint(step, write),
  };
}
