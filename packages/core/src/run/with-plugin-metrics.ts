import type { TrainingRecord } from '../training/index.js';
import { recordOver } from './record-over.js';

/** A record that adds what plugins measured themselves to the metrics of each step. */
export function withPluginMetrics(record: TrainingRecord, drain: () => Record<string, number>): TrainingRecord {
  return recordOver(record, { appendMetrics: (metrics) => record.appendMetrics({ ...drain(), ...metrics }) });
}
