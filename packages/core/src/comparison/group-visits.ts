import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Composition, Question, Trajectory, TurnRewards } from '../contract/index.js';
import { nearMisses } from '../credit/index.js';
import { readLines } from '../data/index.js';
import { TurnwiseError } from '../errors/index.js';
import { recordedSteps, runFiles, stepName } from '../run/index.js';

/** What is kept of a training group: enough to follow a question through training. */
export interface GroupVisit {
  readonly step: number;
  readonly question: string;
  readonly composition: Composition;
  /** Some wrong trajectory of it had seen a gold answer. */
  readonly nearMissed: boolean;
}

interface GroupLine {
  readonly step: number;
  readonly question: Question;
  readonly trajectories: readonly Trajectory[];
  readonly shaped: readonly TurnRewards[];
  readonly advantages: { readonly composition: Composition };
  readonly leftOut?: string;
}

/**
 * The training groups of a run in the order in which they were sampled, without those whose reward failed: of them
 * nobody knows what was right. Throws `RUN_CORRUPT`.
 */
export async function readGroupVisits(run: string): Promise<GroupVisit[]> {
  const folder = runFiles(run).trajectories;
  const names = existsSync(folder) ? await readdir(folder) : [];
  const visits: GroupVisit[] = [];
  for (const step of recordedSteps(names)) {
    const file = join(folder, `${stepName(step)}.jsonl`);
    for await (const { text, number } of readLines(file)) visits.push(...visitsIn(text, `${file}:${number}`));
  }
  return visits;
}

function visitsIn(text: string, where: string): GroupVisit[] {
  try {
    const { step, question, trajectories, shaped, advantages, leftOut } = JSON.parse(text) as GroupLine;
    if (leftOut === 'faulty') return [];
    const nearMissed = nearMisses({ question, trajectories, shaped }).includes(true);
    return [{ step, question: question.id, composition: advantages.composition, nearMissed }];
  } catch (cause) {
    throw new TurnwiseError('RUN_CORRUPT', `${where}: the line is no recorded group.`, { where, cause });
  }
}
