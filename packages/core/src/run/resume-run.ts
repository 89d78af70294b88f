import { basename, dirname } from 'node:path';
import { checkConfig, differences, parseSetOption, printableConfig } from '../config/index.js';
import type { ConfigSource, LoadedConfig } from '../config/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { ResumePoint } from '../training/index.js';
import { readWholeCheckpoint, type WholeCheckpoint } from './checkpoints.js';
import { readManifest } from './read-manifest.js';
import { measuredUpTo, recordedMeasurements } from './recorded-measurements.js';
import { runFiles } from './run-files.js';
import type { RunFolder } from './run-folder.js';
import type { RunManifest } from './run-manifest.js';
import { assertSameData, changedPlugins } from './same-data.js';
import { stepName } from './step-name.js';

/** What may change when a run goes on: how long and how often, not what is learned. */
const free = [
  /^run\b/,
  /^training\.(steps|evalEvery|evalQuestions|checkpointEvery|keepCheckpoints|trajectoriesEvery|keepTrajectories)$/,
  /^training\.(keepBest|watchdog)\b/,
  /^rollout\.(concurrency|timeoutSeconds|groupTimeoutSeconds)$/,
  /^trackers\b/,
  /^plugins\b/,
];

/**
 * The configuration of a recorded run, to go on with it without naming its file again.
 *
 * @param set `--set` options on top of it.
 * @param currentFolder Relative paths in `set` start here.
 * @throws RUN_NOT_FOUND, RUN_CORRUPT, CONFIG_INVALID.
 */
export async function recordedConfig(
  runFolder: string,
  set: readonly string[],
  currentFolder: string,
): Promise<LoadedConfig> {
  const manifest = await readManifest(runFolder);
  const source = sourceOf(runFolder, manifest, currentFolder);
  return { ...checkConfig(source, set.map(parseSetOption), currentFolder), strategy: manifest.strategy };
}

function sourceOf(runFolder: string, { configFile, config }: RunManifest, currentFolder: string): ConfigSource {
  return {
    file: configFile,
    label: runFiles(runFolder).manifest,
    folder: configFile === null ? currentFolder : dirname(configFile),
    value: config,
    position: () => null,
  };
}

/** Where a run goes on, and what its user should know about that. */
export interface Resumption {
  /** `null`: from the beginning, as it had no checkpoint yet. */
  readonly from: ResumePoint | null;
  readonly notes: readonly string[];
}

/**
 * Rewinds a run to its latest checkpoint that is whole and says where it goes on. The manifest records that it did.
 *
 * @param present What the run would be if it began now.
 * @throws CONFIG_INVALID when the configuration is not the run's, RUN_DATA_CHANGED when its data are not, RUN_EXISTS
 *   when it went further than the configuration asks, RUN_CORRUPT when no checkpoint can be read.
 */
export async function resumeRun(folder: RunFolder, now: LoadedConfig, present: RunManifest): Promise<Resumption> {
  const manifest = await folder.manifest();
  assertSameRun(folder.path, manifest, now);
  assertSameData(folder.path, manifest, present);
  const changed = changedPlugins(manifest, present);
  const notes = changed.length === 0 ? [] : [`Other code than before: ${changed.join(', ')}. The rest may differ.`];
  notes.push(...otherEngine(manifest, present));
  const { from, damaged } = await lastWhole(folder, now);
  notes.push(...damaged.map((message) => `${message} Falling back to the one before.`));
  const step = from?.step ?? 0;
  const { steps } = now.config.training;
  if (step > steps) {
    throw new TurnwiseError('RUN_EXISTS', `The run in ${folder.path} has done ${step} steps, ${steps} are asked for.`, {
      where: folder.path,
      hint: `Ask for more: --set training.steps=${2 * step}.`,
    });
  }
  if (step === steps) {
    const more = `To go on, raise them: --set training.steps=${2 * steps}.`;
    notes.push(`The run in ${folder.path} has done all of its ${steps} steps. ${more}`);
  } else if (from === null) notes.push(`The run in ${folder.path} had no checkpoint yet: starting from the beginning.`);
  await folder.rewindTo(from === null ? -1 : step, from?.state?.events ?? 0);
  const resumes = [...(manifest.resumes ?? []), { at: new Date().toISOString(), step, notes }];
  const { policyComputesWith } = present;
  const computes = policyComputesWith === undefined ? {} : { policyComputesWith };
  await folder.writeManifest({ ...manifest, config: printableConfig(now), ...computes, resumes });
  return { from, notes };
}

/** A note on each thing the policy computes with that is not what it was. */
function otherEngine({ policyComputesWith: before = {} }: RunManifest, present: RunManifest): string[] {
  return Object.entries(present.policyComputesWith ?? {}).flatMap(([what, name]) =>
    before[what] === undefined || before[what] === name
      ? []
      : [`Another ${what} than before: ${name} instead of ${before[what]}. The rest may differ.`],
  );
}

/** The latest checkpoint that is whole and whose metrics are there, and what is wrong with later ones. */
async function lastWhole(
  folder: RunFolder,
  now: LoadedConfig,
): Promise<{ from: ResumePoint | null; damaged: readonly string[] }> {
  const newestFirst = (await folder.checkpoints()).reverse();
  const newest = newestFirst[0];
  if (newest === undefined) return { from: null, damaged: [] };
  const recorded = await recordedMeasurements(folder.path, newest.step);
  const damaged: string[] = [];
  let unmeasured: TurnwiseError | null = null;
  for (const { folder: place } of newestFirst) {
    try {
      const { step, state } = await wholeCheckpoint(place);
      const measured = measuredUpTo(recorded, step);
      if (!TurnwiseError.is(measured)) return { from: { step, checkpoint: place, state, ...measured }, damaged };
      // The same line ails every checkpoint after it: it is told once.
      if (unmeasured === null) damaged.push(measured.message);
      unmeasured ??= measured;
    } catch (error) {
      if (!TurnwiseError.is(error) || error.code !== 'RUN_CORRUPT') throw error;
      damaged.push(error.message);
    }
  }
  const anew = `anew in another folder: turnwise train ${now.file === null ? '' : `-c ${now.file} `}--run-dir NEW.`;
  if (unmeasured !== null) {
    const message = `The run in ${folder.path} can go on from none of its checkpoints: ${damaged.join(' ')}`;
    const { where = folder.path, hint = '' } = unmeasured;
    throw new TurnwiseError('RUN_CORRUPT', message, { where, hint: `${hint} Or start ${anew}`, cause: unmeasured });
  }
  throw new TurnwiseError('RUN_CORRUPT', `No checkpoint of the run in ${folder.path} is whole: ${damaged.join(' ')}`, {
    where: folder.path,
    hint: `Start ${anew}`,
  });
}

async function wholeCheckpoint(place: string): Promise<WholeCheckpoint> {
  const checkpoint = await readWholeCheckpoint(place);
  if (stepName(checkpoint.step) === basename(place)) return checkpoint;
  throw new TurnwiseError('RUN_CORRUPT', `The checkpoint ${place} says it is of step ${checkpoint.step}.`, {
    where: place,
  });
}

/**
 * The recorded configuration, with the options that were added since and have a default: a run made before them ran by
 * their defaults.
 */
function withDefaults(path: string, manifest: RunManifest, folder: string): unknown {
  try {
    return printableConfig(checkConfig(sourceOf(path, manifest, folder), [], folder));
  } catch {
    // Something in it is not accepted any more: the comparison says what.
    return manifest.config;
  }
}

/**
 * Checks that a configuration is that of a recorded run, but for what may change when it goes on.
 *
 * @throws CONFIG_INVALID naming what differs.
 */
export function assertSameRun(path: string, manifest: RunManifest, now: LoadedConfig): void {
  const changed = differences(printableConfig(now), withDefaults(path, manifest, now.folder)).filter(
    ({ text }) => !free.some((pattern) => pattern.test(text.split(' is ')[0] ?? '')),
  );
  const first = changed[0];
  if (first === undefined) return;
  const list = changed.map(({ text }) => text).join('; ');
  throw new TurnwiseError('CONFIG_INVALID', `The configuration is not that of the run in ${path}: ${list}.`, {
    where: now.locate(first.path),
    hint: 'Leave out -c to go on with the recorded configuration, or start a new run.',
  });
}
