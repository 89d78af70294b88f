import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import {
  hidePasswords,
  printableConfig,
  recordedConfig,
  resumeRun,
  runFiles,
  RunFolder,
  runManifest,
  runPlace,
  settingsWithoutEffect,
  stopAfterStep,
  trainingProgress,
  trainRun,
} from '@turnwise/core';
import { TurnwiseError, withPluginMetrics, withPolicy, withTrackers } from '@turnwise/core';
import type { LoadedConfig, ResumePoint, RunManifest, RunScope, StepStop, TrackedRun } from '@turnwise/core';
import { jsonOption, withConfigOptions } from '../common-options.js';
import { reportEndedRun } from '../run-report.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';
import { summaryJson, summaryText } from '../training-text.js';

interface TrainOptions extends ConfigOptions {
  readonly runDir?: string;
  readonly resume?: true;
  readonly json?: true;
}

/** `turnwise train` */
export function addTrainCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('train'))
    .description('train the policy and record the run')
    .option('--run-dir <folder>', 'record the run here; default: runs/<name>')
    .option('--resume', 'go on with the run in --run-dir from its latest checkpoint; needs no -c')
    .addOption(jsonOption())
    .action((options: TrainOptions) => run((session) => train(session, options)));
}

async function train(session: Session, options: TrainOptions): Promise<void> {
  const loaded = await loadFor(session, options);
  for (const warning of settingsWithoutEffect(loaded)) session.logger.warn(warning);
  const place =
    options.runDir === undefined ? runPlace(loaded, session.terminal.currentFolder) : session.path(options.runDir);
  const stop = stopAfterStep(session.signal);
  const scope = await session.compose(loaded, undefined, stop.signal);
  const work = { session, scope, stop, place, resume: goesOn(session, options, loaded, place) };
  const summary = await withScope(scope, () => trainInFolder(work));
  await (options.json === true
    ? session.json(summaryJson(summary, loaded, place))
    : session.print(summaryText(summary, place)));
}

/** A run that goes on needs no configuration file: it recorded its own. */
async function loadFor(session: Session, options: TrainOptions): Promise<LoadedConfig> {
  if (options.resume !== true || options.config !== undefined) return session.load(options);
  if (options.runDir === undefined) {
    throw new TurnwiseError('CONFIG_USAGE', '--resume needs to know which run: name its folder with --run-dir.', {
      where: '--resume',
      hint: 'turnwise train --resume --run-dir runs/<name>',
    });
  }
  return recordedConfig(session.path(options.runDir), options.set, session.terminal.currentFolder);
}

/**
 * With a configuration and a place, `--resume` may be part of a command that is run again and again until it ends: when
 * the run was killed before it recorded anything, it begins.
 */
function goesOn(session: Session, options: TrainOptions, { config }: LoadedConfig, place: string): boolean {
  if (options.resume !== true) return false;
  const isNamed = options.runDir !== undefined || config.run.name !== undefined;
  if (options.config === undefined || !isNamed || existsSync(runFiles(place).manifest)) return true;
  session.logger.warn(`There is no run in ${place} yet: starting it.`);
  return false;
}

interface Work {
  readonly session: Session;
  readonly scope: RunScope;
  readonly stop: StepStop;
  readonly place: string;
  readonly resume: boolean;
}

/** Mistakes in data or folder show before what is expensive: the policy is made last. */
async function trainInFolder({ session, scope, stop, place, resume }: Work): ReturnType<typeof trainRun> {
  const data = await scope.trainingData();
  const manifest = await runManifest(scope);
  const folder = resume ? await RunFolder.open(place) : await RunFolder.create(place, manifest);
  try {
    const parts = await scope.trainingParts();
    const whole = withPolicy(manifest, parts.policy);
    if (!resume) await folder.writeManifest(whole);
    const from: { resume?: ResumePoint } = resume ? await goOn(session, folder, scope, whole) : {};
    const record = withPluginMetrics(folder, () => scope.drainPluginMetrics());
    const trackers = [...parts.trackers, folder.tensorBoard()];
    const tracked = trackedRun(scope, place, from.resume?.step ?? null);
    return await withTrackers(trackers, tracked, session.signal, () =>
      trainRun({ ...parts, trackers }, scope.settings, data, {
        record: stop.record(record),
        signal: stop.signal,
        interrupt: stop.interrupt,
        onProgress: trainingProgress(session.statusLine),
        ...from,
      }),
    );
  } catch (error) {
    if (stop.savedStep() !== null) {
      session.statusLine.print(
        `stopped after step ${stop.savedStep()}, saved; go on: turnwise train --resume --run-dir ${place}`,
      );
    }
    if (!resume) await folder.removeIfEmpty();
    throw error;
  } finally {
    await reportEndedRun(session, place);
    await folder[Symbol.asyncDispose]();
  }
}

function trackedRun({ loaded, config }: RunScope, folder: string, resumedAfter: number | null): TrackedRun {
  return {
    name: basename(folder),
    folder,
    strategy: loaded.strategy,
    seed: config.seed,
    config: hidePasswords(printableConfig(loaded)),
    resumedAfter,
  };
}

async function goOn(
  session: Session,
  folder: RunFolder,
  scope: RunScope,
  present: RunManifest,
): Promise<{ resume?: ResumePoint }> {
  const { from, notes } = await resumeRun(folder, scope.loaded, present);
  for (const note of notes) session.logger.warn(note);
  return from === null ? {} : { resume: from };
}
