import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLines } from '../data/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { QuestionScore } from '../evaluation/index.js';
import { readManifest, readMetrics, recordedSteps, runFiles, stepName, type RunManifest } from '../run/index.js';
import { readGroupVisits, type GroupVisit } from './group-visits.js';

/** One measurement of the held-out questions. */
export interface HeldOutMeasurement {
  readonly step: number;
  readonly scores: readonly QuestionScore[];
}

/** A run that did all of its steps, as a comparison needs it. */
export interface FinishedRun {
  readonly strategy: string;
  readonly seed: number;
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly metrics: readonly Readonly<Record<string, number>>[];
  /** By step; the first is the one before training. */
  readonly measurements: readonly HeldOutMeasurement[];
  /** Training groups in the order in which they were sampled. */
  readonly visits: readonly GroupVisit[];
}

/**
 * Reads a run for a comparison.
 *
 * @param strategy The name it goes by in the comparison.
 * @throws RUN_NOT_FOUND, RUN_CORRUPT (also when it has no held-out scores question by question).
 */
export async function readFinishedRun(folder: string, strategy: string): Promise<FinishedRun> {
  const manifest = await readManifest(folder);
  const metrics = await readMetrics(folder);
  const measurements = await readMeasurements(folder);
  if (measurements.length < 2) {
    const where = runFiles(folder).evaluations;
    throw new TurnwiseError('RUN_CORRUPT', `${where} does not hold the scores before and after training.`, {
      where,
      hint: 'The run was made before they were recorded. Delete its folder and make it again.',
    });
  }
  const visits = await readGroupVisits(folder);
  return { strategy, seed: manifest.seed, folder, manifest, metrics, measurements, visits };
}

async function readMeasurements(run: string): Promise<HeldOutMeasurement[]> {
  const folder = runFiles(run).evaluations;
  const names = existsSync(folder) ? await readdir(folder) : [];
  const measurements: HeldOutMeasurement[] = [];
  for (const step of recordedSteps(names)) {
    const scores: QuestionScore[] = [];
    const file = join(folder, `${stepName(step)}.jsonl`);
    for await (const { text, number } of readLines(file)) scores.push(scoreIn(text, `${file}:${number}`));
    measurements.push({ step, scores });
  }
  return measurements;
}

function scoreIn(text: string, where: string): QuestionScore {
  try {
    return JSON.parse(text) as QuestionScore;
  } catch (cause) {
    throw new TurnwiseError('RUN_CORRUPT', `${where}: the line is not valid JSON.`, { where, cause });
  }
}
