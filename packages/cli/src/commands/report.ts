import type { Command } from 'commander';
import { jsonOption } from '../common-options.js';
import { writeReport } from '../run-report.js';
import type { Run } from '../run.js';

/** `turnwise report` */
export function addReportCommand(program: Command, run: Run): void {
  program
    .command('report')
    .argument('<run>', 'folder of a run')
    .description('write report.html of a run again: the dashboard of that run as a single file')
    .addOption(jsonOption())
    .action((folder: string, { json }: { readonly json?: true }) =>
      run(async (session) => {
        const file = await writeReport(session, session.path(folder), false);
        await (json === true ? session.json({ file }) : session.print(file));
      }),
    );
}
