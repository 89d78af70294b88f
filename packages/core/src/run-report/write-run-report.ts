import { basename, join } from 'node:path';
import { writeFileWhole } from '../run/durable-files.js';
import { readRunReport } from './read-run-report.js';
import { runReportPage } from './run-report-page.js';

/** Writes `report.html` into a run folder, whole or not at all. Throws `RUN_NOT_FOUND`, `RUN_CORRUPT`, `RUN_WRITE_FAILED`. */
export async function writeRunReport(folder: string): Promise<void> {
  const report = await readRunReport(folder, basename(folder));
  await writeFileWhole(join(folder, 'report.html'), runReportPage(report));
}
