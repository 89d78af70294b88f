import {
  advantagesToTokens,
  estimateAdvantages,
  type AdvantageEstimator,
  type ShapedGroup,
  type Trajectory,
} from '@turnwise/core';
import { randomStream } from '@turnwise/core';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import { tspoAdvantages, tspoOptions } from '@turnwise/advantage-tspo';
import { firstOccurrenceLatentReward, folrOptions } from '@turnwise/reward-folr';

const turnsPerTrajectory = 4;
const policyTokensPerTurn = 60;
const observationTokensPerTurn = 190;

/**
 * Trajectories a second from shaped groups to token advantages, for TSPO and GRPO, on 512 groups of 8 trajectories of 4
 * turns and 1,000 tokens. `estimate` is the estimator alone, `checked` adds the contract checks around a plugin, and
 * `toTokens` everything the trainer does, with the copy to token sequences. Each is the median of `repetitions` (default
 * 7). Options: `groups`, `groupSize`, `repetitions`.
 */
export default function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const groupCount = Number(options['groups'] ?? 512);
  const groupSize = Number(options['groupSize'] ?? 8);
  const repetitions = Number(options['repetitions'] ?? 7);
  const groups = makeGroups(groupCount, groupSize);
  const tspo = tspoOptions.parse({});
  const grpo = grpoOptions.parse({});
  const estimators: Record<string, AdvantageEstimator> = {
    tspo: { estimate: (batch) => tspoAdvantages(batch, tspo) },
    grpo: { estimate: (batch) => grpoAdvantages(batch, grpo) },
  };
  const trajectories = groupCount * groupSize;
  const measured = Object.entries(estimators).map(([name, estimator]) => [
    name,
    {
      estimate: perSecond(trajectories, repetitions, () => estimator.estimate(groups)),
      checked: perSecond(trajectories, repetitions, () => estimateAdvantages(groups, { name, estimator })),
      toTokens: perSecond(trajectories, repetitions, () => copyToTokens(groups, name, estimator)),
    },
  ]);
  return Promise.resolve({
    unit: 'trajectories a second',
    trajectories,
    turnsPerTrajectory,
    tokensPerTrajectory: turnsPerTrajectory * (policyTokensPerTurn + observationTokensPerTurn),
    ...(Object.fromEntries(measured) as Record<string, unknown>),
  });
}

function copyToTokens(groups: readonly ShapedGroup[], name: string, estimator: AdvantageEstimator): number {
  const advantages = estimateAdvantages(groups, { name, estimator });
  let tokens = 0;
  groups.forEach(({ trajectories }, group) => {
    trajectories.forEach((trajectory, member) => {
      tokens += advantagesToTokens(trajectory, advantages[group]?.turns[member] ?? []).tokenIds.length;
    });
  });
  return tokens;
}

/** Trajectories a second of wall time and of processor time; on a shared machine the latter is the one to compare. */
function perSecond(count: number, repetitions: number, work: () => unknown): { wall: number; processor: number } {
  work();
  const runs = Array.from({ length: repetitions }, () => {
    const started = performance.now();
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return { wall: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
  });
  const median = (values: number[]): number =>
    values.sort((left, right) => left - right)[Math.floor(repetitions / 2)] ?? NaN;
  return {
    wall: Math.round(count / median(runs.map(({ wall }) => wall))),
    processor: Math.round(count / median(runs.map(({ processor }) => processor))),
  };
}

/** One in five trajectories is right, two in five see gold and answer wrongly. */
function makeGroups(count: number, size: number): ShapedGroup[] {
  const random = randomStream(1, 'bench-credit');
  const folr = folrOptions.parse({});
  return Array.from({ length: count }, (_, group) => {
    const question = { id: `q${group}`, text: 'Which city?', answers: ['Paris'] };
    const trajectories = Array.from({ length: size }, (_, member): Trajectory => {
      const kind = random.integer(5);
      const goldTurn = kind < 3 ? random.integer(turnsPerTrajectory) : -1;
      const answer = kind === 0 ? 'Paris' : 'Rome';
      const turns = Array.from({ length: turnsPerTrajectory }, (_, turn) => ({
        output: {
          text: 'x',
          tokenIds: Array.from({ length: policyTokensPerTurn }, () => random.integer(600)),
          logprobs: Array.from({ length: policyTokensPerTurn }, () => -random.next()),
        },
        action: { kind: 'search' as const, query: 'x' },
        observation: {
          status: 'ok' as const,
          text: turn === goldTurn ? 'It is Paris.' : 'Nothing.',
          hits: [],
          tokenIds: Array.from({ length: observationTokensPerTurn }, () => random.integer(600)),
        },
      }));
      return { id: `q${group}/${member}`, turns, answer, stopReason: 'answered' };
    });
    return { question, trajectories, shaped: firstOccurrenceLatentReward({ question, trajectories }, folr) };
  });
}
