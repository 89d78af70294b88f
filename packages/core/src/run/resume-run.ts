import { dirname, join } from 'node:path';
import { checkConfig, differences, parseSetOption, printableConfig } from '../config/index.js';
import type { ConfigSource, LoadedConfig } from '../config/index.js';
import { TurnwiseError } from '../errors/index.js';
import { heldOutScores, type ResumePoint } from '../training/index.js';
import { readMetrics } from './read-metrics.js';
import { readManifest, type RunFolder } from './run-folder.js';
import type { RunManifest } from './run-manifest.js';

/** What may change when a run goes on: how long and how often, not what is learned. */
const free = [
  /^run\b/,
  /^training\.(steps|evalEvery|evalQuestions|checkpointEvery)$/,
  /^rollout\.(concurrency|timeoutSeconds|groupTimeoutSeconds)$/,
  /^trackers\b/,
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
    label: join(runFolder, 'manifest.json'),
    folder: configFile === null ? currentFolder : dirname(configFile),
    value: config,
    position: () => null,
  };
}

/**
 * Rewinds a run to its latest checkpoint and says where it goes on. The manifest records that it did.
 *
 * @throws RUN_NOT_FOUND without a checkpoint, RUN_EXISTS when all steps are done, CONFIG_INVALID when the configuration
 *   is not the run's.
 */
export async function resumeRun(folder: RunFolder, now: LoadedConfig): Promise<ResumePoint> {
  const manifest = await folder.manifest();
  assertSameRun(folder.path, manifest, now);
  const checkpoint = await folder.latestCheckpoint();
  if (checkpoint === null) {
    throw new TurnwiseError('RUN_NOT_FOUND', `The run in ${folder.path} has no checkpoint to go on from.`, {
      where: folder.path,
      hint: 'Delete the folder and start anew.',
    });
  }
  const { step } = checkpoint;
  const { steps } = now.config.training;
  if (step >= steps) {
    throw new TurnwiseError('RUN_EXISTS', `The run in ${folder.path} has done all of its ${steps} steps.`, {
      where: folder.path,
      hint: `To go on, raise them: --set training.steps=${2 * steps}.`,
    });
  }
  await folder.rewindTo(step);
  const first = (await readMetrics(folder.path)).find((metrics) => metrics['step'] === 0);
  const before = first === undefined ? null : heldOutScores(first);
  if (before === null) {
    const where = `${folder.path}/metrics.jsonl`;
    throw new TurnwiseError('RUN_CORRUPT', `${where} has lost the measurement before the first step.`, { where });
  }
  const resumes = [...(manifest.resumes ?? []), { at: new Date().toISOString(), step }];
  await folder.writeManifest({ ...manifest, config: printableConfig(now), resumes });
  return { step, checkpoint: checkpoint.folder, before };
}

/** The recorded configuration with the keys that came since and have a default: a run made before them had that. */
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
