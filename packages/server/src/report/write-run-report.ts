import { basename, join, resolve } from 'node:path';
import { writeFileWhole } from '@turnwise/core';
import { readPage } from '../dashboard/page-files.js';
import { collectReport, type ReportOptions } from './collect-report.js';
import { reportPage } from './report-page.js';

/**
 * Writes `report.html` into a run folder, whole or not at all: the dashboard's page of this one run in a single file,
 * which needs no server and no network.
 *
 * @param page folder of the built page: `pageFolder` of `@turnwise/dashboard`
 * @returns the file
 * @throws RUN_NOT_FOUND, RUN_CORRUPT, RUN_WRITE_FAILED
 */
export async function writeRunReport(folder: string, page: string, options: ReportOptions = {}): Promise<string> {
  const place = resolve(folder);
  const files = await readPage(page);
  const file = join(place, 'report.html');
  await writeFileWhole(file, reportPage(files, await collectReport(place, basename(place), options)));
  return file;
}
