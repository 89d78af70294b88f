import type { AdvantageEstimator, Aggregation, ShapedGroup, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import { goldAnswer, type DecisionProcess, type Path } from './decision-process.js';

/** A reward as a pure function of a group. */
export type Reward = (group: TrajectoryGroup) => readonly TurnRewards[];

/** How rewards become an update. */
export interface Method {
  readonly reward: Reward;
  readonly estimator: AdvantageEstimator;
  /** Every turn counts as one token. Default `constant`: the sum over turns, divided by a constant. */
  readonly aggregation?: Aggregation;
}

/** A path with the rewards it gets, whatever the rest of its group does. */
interface ScoredPath extends Path {
  readonly rewards: TurnRewards;
}

/** The derivative of the probability of a right answer by each logit, by the score identity over all paths. */
export function trueGradient(process: DecisionProcess, worth: (path: Path) => number = isRight): number[] {
  return process.parameters.map((_, parameter) =>
    process
      .paths(process.logits)
      .reduce((sum, path) => sum + path.probability * worth(path) * totalScore(path, parameter), 0),
  );
}

export const isRight = (path: Path): number => (path.trajectory.answer === goldAnswer ? 1 : 0);

function totalScore(path: Path, parameter: number): number {
  return path.scores.reduce((sum, turn) => sum + (turn[parameter] ?? 0), 0);
}

/**
 * The exact mean of an estimator's update per trajectory, sum over k of A(i, k) x score(i, k), for groups of a given
 * size. Estimators do not depend on the order of a group, so multisets of paths are enumerated, each with its
 * multinomial probability. A batch is one group.
 */
export function expectedUpdate(process: DecisionProcess, method: Method, groupSize: number): number[] {
  const paths = scorePaths(process, method.reward);
  const update = process.parameters.map(() => 0);
  const visit = (from: number, chosen: ScoredPath[], probability: number): void => {
    if (chosen.length === groupSize) {
      const contribution = groupUpdate(process, chosen, method);
      contribution.forEach((value, parameter) => {
        update[parameter] = (update[parameter] ?? 0) + probability * value;
      });
      return;
    }
    for (let index = from; index < paths.length; index++) {
      const path = paths[index];
      if (!path) continue;
      const repeats = chosen.filter((other) => other === path).length + 1;
      const weight = (path.probability * (chosen.length + 1)) / repeats;
      visit(index, [...chosen, path], probability * weight);
    }
  };
  visit(0, [], 1);
  return update;
}

/** The same mean from sampled groups, with its standard error: a check of the enumeration that shares no code with it. */
export function sampledUpdate(
  process: DecisionProcess,
  method: Method,
  groupSize: number,
  groups: number,
  uniform: () => number,
): { mean: number[]; error: number[] } {
  const paths = scorePaths(process, method.reward);
  const sums = process.parameters.map(() => ({ sum: 0, squares: 0 }));
  for (let group = 0; group < groups; group++) {
    const chosen = Array.from({ length: groupSize }, () => {
      let rest = uniform();
      return paths.find((path) => (rest -= path.probability) < 0) ?? (paths[0] as ScoredPath);
    });
    groupUpdate(process, chosen, method).forEach((value, parameter) => {
      const entry = sums[parameter];
      if (!entry) return;
      entry.sum += value;
      entry.squares += value ** 2;
    });
  }
  const mean = sums.map(({ sum }) => sum / groups);
  const error = sums.map(({ squares }, index) => Math.sqrt((squares / groups - (mean[index] ?? 0) ** 2) / groups));
  return { mean, error };
}

function scorePaths(process: DecisionProcess, reward: Reward): ScoredPath[] {
  const paths = process.paths(process.logits);
  const rewards = reward({ question, trajectories: paths.map(({ trajectory }) => trajectory) });
  return paths.map((path, index) => ({ ...path, rewards: rewards[index] as TurnRewards }));
}

const question = { id: 'q', text: 'Which city?', answers: [goldAnswer] };

function groupUpdate(process: DecisionProcess, chosen: readonly ScoredPath[], method: Method): number[] {
  const group: ShapedGroup = {
    question,
    trajectories: chosen.map(({ trajectory }) => trajectory),
    shaped: chosen.map(({ rewards }) => rewards),
  };
  const [estimate] = method.estimator.estimate([group]);
  const turns = chosen.reduce((sum, { scores }) => sum + scores.length, 0);
  const divisor = (path: ScoredPath): number => {
    if (method.aggregation === 'sequence-mean') return chosen.length * path.scores.length;
    return method.aggregation === 'token-mean' ? turns : chosen.length;
  };
  return process.parameters.map((_, parameter) =>
    chosen.reduce((sum, path, member) => {
      const credit = path.scores.reduce(
        (total, score, turn) => total + (estimate?.turns[member]?.[turn] ?? 0) * (score[parameter] ?? 0),
        0,
      );
      return sum + credit / divisor(path);
    }, 0),
  );
}
