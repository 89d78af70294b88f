import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearMisses, type Question, type Trajectory, type TurnRewards } from '@turnwise/core';

/** What the measurements of this folder take from a group in `trajectories/` of a run. */
export interface RecordedGroup {
  readonly step: number;
  /** Advantages of each trajectory, turn by turn. */
  readonly advantages: readonly (readonly number[])[];
  readonly attempts: readonly RecordedAttempt[];
}

interface RecordedAttempt {
  readonly right: boolean;
  readonly answered: boolean;
  /** A gold answer stood in one of its observations. */
  readonly sawGold: boolean;
}

interface Line {
  readonly step: number;
  readonly question: Question;
  readonly trajectories: readonly Trajectory[];
  readonly shaped: readonly TurnRewards[];
  readonly advantages: { readonly turns: readonly (readonly number[])[] };
}

/** The training groups of a run, in the order in which they were sampled. */
export async function readGroups(run: string): Promise<RecordedGroup[]> {
  const folder = join(run, 'trajectories');
  const groups: RecordedGroup[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const lines = (await readFile(join(folder, name), 'utf8')).trim().split('\n');
    groups.push(...lines.map((line) => recordedGroup(JSON.parse(line) as Line)));
  }
  return groups;
}

function recordedGroup({ step, question, trajectories, shaped, advantages }: Line): RecordedGroup {
  // Right attempts count as having seen gold only if they did: near-misses are asked of a group without right answers.
  const wronged = shaped.map((rewards) => ({ ...rewards, correct: false, outcome: 0 }));
  const saw = nearMisses({ question, trajectories, shaped: wronged });
  const attempts = trajectories.map(({ answer }, index) => ({
    right: shaped[index]?.correct === true,
    answered: answer !== null,
    sawGold: saw[index] === true,
  }));
  return { step, advantages: advantages.turns, attempts };
}
