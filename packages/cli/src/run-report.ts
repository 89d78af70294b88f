import { existsSync } from 'node:fs';
import { runFiles } from '@turnwise/core';
import { pageFolder } from '@turnwise/dashboard';
import { writeRunReport } from '@turnwise/server';
import { OpenedStrategies } from './credit-strategies.js';
import type { Session } from './session.js';

/** `report.html` of a run that is over, however it ended: one that cannot be written is no reason to call a run failed. */
export async function reportEndedRun(session: Session, place: string): Promise<void> {
  if (!existsSync(runFiles(place).metrics)) return;
  try {
    await writeReport(session, place, true);
  } catch (error) {
    session.logger.warn(`report.html could not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Writes the report of a run. As in the dashboard, recorded groups are credited again by the built-in strategies; plugins
 * of the run's own are not loaded to look at it.
 */
export async function writeReport(session: Session, place: string, ended: boolean): Promise<string> {
  const loaded = await session.load({ set: [] }, false);
  // Also after an interrupt: what the run left is worth looking at.
  await using credit = new OpenedStrategies(session, { set: [] }, loaded, new AbortController().signal);
  return await writeRunReport(place, pageFolder, {
    credit,
    ended,
    unreadable({ file, lines }) {
      const count = lines === 1 ? '1 line' : `${lines} lines`;
      session.logger.warn(`${count} of ${file} could not be read; the report leaves out what they said.`);
    },
  });
}
