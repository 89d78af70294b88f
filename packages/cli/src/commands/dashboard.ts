import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { TurnwiseError } from '@turnwise/core';
import { pageFolder } from '@turnwise/dashboard';
import { startDashboard } from '@turnwise/server';
import { wholeNumber } from '../common-options.js';
import { OpenedStrategies } from '../credit-strategies.js';
import { interruptOf } from '../interrupt.js';
import type { Run } from '../run.js';
import type { Session } from '../session.js';

interface DashboardCommandOptions {
  readonly host: string;
  readonly port: number;
}

/** Environment variable that holds the token, so that it shows in no list of processes. */
const tokenVariable = 'TURNWISE_TOKEN';

/** `turnwise dashboard` */
export function addDashboardCommand(program: Command, run: Run): void {
  program
    .command('dashboard')
    .argument('[folder]', 'folder of runs, or one run', 'runs')
    .description('serve a web page over a folder of runs, live while they train')
    .option('--host <address>', `address to listen on; any but loopback needs a token in ${tokenVariable}`, '127.0.0.1')
    .option('--port <number>', '0 takes a free one', wholeNumber(0), 8090)
    .action((folder: string, options: DashboardCommandOptions) => run((session) => serve(session, folder, options)));
}

async function serve(session: Session, typed: string, { host, port }: DashboardCommandOptions): Promise<void> {
  const folder = session.path(typed);
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no folder ${folder}.`, {
      where: folder,
      hint: 'turnwise dashboard FOLDER; runs are written to runs/ unless --run-dir says otherwise.',
    });
  }
  // Recorded groups are credited again by the built-in strategies; plugins of a run's own are not loaded to look at it.
  const loaded = await session.load({ set: [] }, false);
  const { signal } = new AbortController();
  await using credit = new OpenedStrategies(session, { set: [] }, loaded, signal);
  const token = process.env[tokenVariable];
  const dashboard = await startDashboard({ folder, page: pageFolder, host, port, token, credit }, session.logger);
  session.statusLine.print(`dashboard of ${folder}: ${dashboard.link}`);
  await interruptOf(session.signal);
  await dashboard.close();
}
