import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hidePasswords } from '../config/index.js';
import { readLines } from '../data/index.js';
import { listCheckpoints } from '../run/checkpoints.js';
import { readManifest } from '../run/run-folder.js';
import { readMetrics } from '../run/read-metrics.js';
import type { RunManifest } from '../run/run-manifest.js';
import { runSeries, type RunSeries } from './run-series.js';
import { groupView, type GroupView, type RecordedStepGroup } from './trajectory-view.js';

/** Something that happened in a run. */
export interface RunEvent {
  readonly step: number;
  readonly kind: string;
  readonly message: string;
}

/** What a report of a run shows; plain data, for any page that shows a run. */
export interface RunReport {
  /** Name of the run: that of its folder. */
  readonly name: string;
  readonly manifest: RunManifest;
  /** Users and passwords in URLs left out. */
  readonly config: unknown;
  readonly steps: { readonly done: number; readonly planned: number };
  /** The first and the last line with a held-out measurement; `null` when there is none. */
  readonly heldOut: { readonly before: Measured; readonly after: Measured } | null;
  /** By metric; those that were never recorded are left out. */
  readonly series: Readonly<Record<string, RunSeries>>;
  readonly events: readonly RunEvent[];
  /** Events that are not shown because there were too many. */
  readonly moreEvents: number;
  readonly checkpoints: readonly number[];
  readonly samples: readonly GroupView[];
}

type Measured = Readonly<Record<string, number>>;

/** Bounds of a report, whatever the length of the run. */
export interface ReportLimits {
  /** Points of a curve. Default 300. */
  readonly points?: number;
  /** Steps whose trajectories are looked at: the first, the last and some between. Default 4. */
  readonly sampledSteps?: number;
  /** Groups shown of each of them. Default 3. */
  readonly groups?: number;
  /** Trajectories shown of each group. Default 3. */
  readonly trajectories?: number;
  /** Characters of a piece of text. Default 3,000. */
  readonly characters?: number;
  /** Events shown, the last ones. Default 200. */
  readonly events?: number;
}

/**
 * Reads what a report shows from a run folder. Trajectories are read line by line, of a few steps only.
 *
 * @throws RUN_NOT_FOUND, RUN_CORRUPT
 */
export async function readRunReport(folder: string, name: string, limits: ReportLimits = {}): Promise<RunReport> {
  const { points = 300, sampledSteps = 4, groups = 3, trajectories = 3, characters = 3000 } = limits;
  const manifest = await readManifest(folder);
  const rows = await readMetrics(folder);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => key !== 'step').sort();
  const measured = rows.filter((row) => row['eval/exact-match'] !== undefined);
  const [before, after] = [measured[0], measured.at(-1)];
  const all = await readEvents(folder, manifest);
  const events = all.slice(-(limits.events ?? 200));
  return {
    name,
    manifest,
    config: hidePasswords(manifest.config),
    steps: { done: rows.at(-1)?.['step'] ?? 0, planned: manifest.config.training.steps },
    heldOut: before === undefined || after === undefined ? null : { before, after },
    series: Object.fromEntries(keys.map((key) => [key, runSeries(rows, key, points)])),
    events,
    moreEvents: all.length - events.length,
    checkpoints: (await listCheckpoints(join(folder, 'checkpoints'))).map(({ step }) => step),
    samples: await readSamples(folder, sampledSteps, groups, { characters, trajectories }),
  };
}

async function readEvents(folder: string, { resumes = [] }: RunManifest): Promise<RunEvent[]> {
  const events: RunEvent[] = resumes.map(({ at, step, notes = [] }) => {
    const message = [`went on at ${at.slice(0, 16).replace('T', ' ')} UTC`, ...notes].join('; ');
    return { step, kind: 'resume', message };
  });
  const file = join(folder, 'events.jsonl');
  if (existsSync(file)) {
    for await (const { text } of readLines(file)) {
      try {
        const { step, kind, message } = JSON.parse(text) as RunEvent;
        events.push({ step, kind, message });
      } catch {
        // A line cut off by a crash says nothing.
      }
    }
  }
  return events.sort((left, right) => left.step - right.step);
}

async function readSamples(
  run: string,
  steps: number,
  groupsOfStep: number,
  limits: { readonly characters: number; readonly trajectories: number },
): Promise<GroupView[]> {
  const folder = join(run, 'trajectories');
  const names = (existsSync(folder) ? await readdir(folder) : [])
    .filter((name) => /^step-\d+\.jsonl$/.test(name))
    .sort();
  const chosen = new Set(
    Array.from({ length: Math.min(steps, names.length) }, (_, index) =>
      Math.round((index * (names.length - 1)) / Math.max(1, Math.min(steps, names.length) - 1)),
    ),
  );
  const samples: GroupView[] = [];
  for (const index of chosen)
    samples.push(...(await samplesOf(join(folder, names[index] ?? ''), groupsOfStep, limits)));
  return samples;
}

/** The first group of each composition, then others in order, as many as asked for; one group is held at a time. */
async function samplesOf(
  file: string,
  most: number,
  limits: { readonly characters: number; readonly trajectories: number },
): Promise<GroupView[]> {
  const firsts: GroupView[] = [];
  const others: GroupView[] = [];
  for await (const { text } of readLines(file)) {
    let view: GroupView;
    try {
      view = groupView(JSON.parse(text) as RecordedStepGroup, limits);
    } catch {
      // A damaged line costs a sample, not the report.
      continue;
    }
    if (!firsts.some(({ composition }) => composition === view.composition)) firsts.push(view);
    else if (others.length < most) others.push(view);
  }
  return [...firsts, ...others].slice(0, most);
}
