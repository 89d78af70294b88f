import { hidePasswords, type RunManifest } from '@turnwise/core';
import { RunView, type UnreadableLines } from '../dashboard/run-view.js';
import type { RunRow } from '../dashboard/views.js';
import type { CreditStrategies } from '../services.js';
import { standardLimits, type ReportData, type ReportLimits } from './report-data.js';
import { readHistories } from './read-histories.js';
import { sampleGroups } from './sample-groups.js';
import { shortenTexts } from './shorten-group.js';
import { thinColumns } from './thin-columns.js';

export interface ReportOptions {
  /** Strategies that the groups held are credited by; without them the report shows what was recorded. */
  readonly credit?: CreditStrategies;
  /** The run is over, although its lock is still held: by whoever asks. Default false. */
  readonly ended?: boolean;
  readonly limits?: ReportLimits;
  /** Is told of each file that was read and has lines that cannot be: the report is of the others. */
  readonly unreadable?: (lines: UnreadableLines) => void;
}

/**
 * What a report shows of a run, read as the dashboard reads it.
 *
 * @throws RUN_NOT_FOUND, RUN_CORRUPT
 */
export async function collectReport(
  folder: string,
  name: string,
  { credit, ended = false, limits: given = {}, unreadable }: ReportOptions = {},
): Promise<ReportData> {
  const limits = { ...standardLimits, ...given };
  const view = new RunView(name, folder);
  const manifest = await view.manifest();
  const [row, { events, checkpoints }, columns] = [
    await view.row(),
    await view.events(),
    await view.metrics.columns(0),
  ];
  const histories = await readHistories(view.groups, limits);
  const samples = await sampleGroups(view.groups, histories, credit ?? null, limits);
  const held = histories.selected(
    new Set(samples.steps.flatMap(({ lines }) => lines.map(({ question }) => question.id))),
  );
  if (unreadable !== undefined) for (const lines of await view.unreadable(histories.read)) unreadable(lines);
  const metrics = thinColumns(columns, limits.rows);
  const lastEvents = events.slice(-limits.events);
  return {
    run: ended ? over(row) : row,
    manifest: shown(manifest),
    events: { events: shortenTexts(lastEvents, 1000), checkpoints },
    metrics,
    steps: samples.steps,
    strategies: credit?.names ?? [],
    credit: samples.credit,
    questions: held.page,
    histories: held.histories,
    holdings: {
      writtenAt: Date.now(),
      rows: { held: metrics.rows, recorded: columns.rows },
      steps: { held: samples.steps.length, read: histories.read.length, recorded: histories.recorded },
      groups: { held: samples.steps.reduce((sum, { lines }) => sum + lines.length, 0), read: histories.groups },
      questions: { held: held.histories.length, read: histories.questions },
      events: { held: lastEvents.length, recorded: events.length },
      longestText: samples.longestText,
    },
  };
}

function over(row: RunRow): RunRow {
  return row.status === 'running' ? { ...row, status: row.step >= row.steps ? 'finished' : 'stopped' } : row;
}

/** The parts of a manifest that the page shows; where files lie on the machine of the run is nobody's business. */
function shown({ createdAt, strategy, seed, config, plugins, data, versions }: RunManifest): ReportData['manifest'] {
  return hidePasswords({ createdAt, strategy, seed, config, plugins, data, versions }) as ReportData['manifest'];
}
