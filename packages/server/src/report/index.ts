export { collectReport, type ReportOptions } from './collect-report.js';
export type * from './report-data.js';
export type { UnreadableLines } from '../dashboard/run-view.js';
export { writeRunReport } from './write-run-report.js';
