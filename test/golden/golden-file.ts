import { readFileSync } from 'node:fs';
import type { Composition, ShapedGroup, Trajectory, TrajectoryGroup, Turn, TurnRewards } from '@turnwise/core';

/** One group of the golden file with what each estimator gives. */
export interface GoldenCase {
  readonly id: string;
  readonly alpha: number;
  readonly group: readonly GoldenTrajectory[];
  readonly outcome_rewards: readonly number[];
  readonly composition: Composition;
  readonly expected: GoldenExpectation;
}

interface GoldenTrajectory {
  readonly turns: number;
  /** 1-based. */
  readonly gold_turn: number | null;
  readonly correct: boolean;
  readonly outcome?: number;
}

export type ScalarEstimator =
  | 'grpo'
  | 'grpo_ddof0'
  | 'grpo_trl_eps1e4'
  | 'grpo_singleton_zero'
  | 'dr_grpo'
  | 'dr_grpo_singleton_zero'
  | 'rloo'
  | 'rloo_singleton_zero';

type GoldenExpectation = Readonly<Record<ScalarEstimator, readonly number[]>> & {
  readonly folr_turn_rewards_at: readonly (readonly number[])[];
  readonly folr_turn_rewards_prefix: readonly (readonly number[])[];
  readonly tspo_default: GoldenAdvantages;
  readonly tspo_variants: Readonly<Record<string, GoldenAdvantages>>;
};

interface GoldenAdvantages {
  readonly level: 'turn' | 'trajectory';
  readonly composition: Composition;
  readonly advantages: readonly (readonly number[])[];
}

interface GoldenFile {
  readonly cases: readonly GoldenCase[];
  readonly kernels: Readonly<Record<string, unknown>>;
}

const file = JSON.parse(readFileSync(new URL('./advantages.json', import.meta.url), 'utf8')) as GoldenFile;

export const goldenCases = file.cases;

/** A kernel of the golden file; the caller says its shape. */
export function goldenKernel(name: string): unknown {
  if (!(name in file.kernels)) throw new Error(`no kernel ${name} in the golden file`);
  return file.kernels[name];
}

/** The case as real trajectories: searches that find the gold answer in the stated turn, then a right or wrong answer. */
export function goldenGroup({ id, group }: GoldenCase): TrajectoryGroup {
  return {
    question: { id, text: 'Which city is meant?', answers: ['Paris'] },
    trajectories: group.map((member, index) => goldenTrajectory(`${id}/${index}`, member)),
  };
}

/** The shaped group with the outcomes of the golden file, where it states them. */
export function withGoldenOutcomes({ group }: GoldenCase, shaped: ShapedGroup): ShapedGroup {
  const rewards = shaped.shaped.map((member, index): TurnRewards => {
    const outcome = group[index]?.outcome;
    return outcome === undefined ? member : { ...member, outcome };
  });
  return { ...shaped, shaped: rewards };
}

function goldenTrajectory(id: string, member: GoldenTrajectory): Trajectory {
  const answer = member.correct ? 'Paris' : 'London';
  const turns = Array.from({ length: member.turns }, (_, index): Turn => {
    // A case may see gold in its last turn, so the answer stands in the output of a turn that also searched.
    const text = index === member.turns - 1 ? `<answer> ${answer} </answer>` : '<search> city </search>';
    const found = index + 1 === member.gold_turn ? 'The capital is Paris.' : 'Nothing of use.';
    const observation = { status: 'ok' as const, text: found, hits: [] };
    return { output: { text, tokenIds: [], logprobs: [] }, action: { kind: 'search', query: 'city' }, observation };
  });
  return { id, turns, answer, stopReason: 'answered' };
}
