import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  advantagesToTokens,
  estimateAdvantages,
  policyTokenCount,
  type TrainingSequence,
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
 * `toTokens` one advantage for each token the policy wrote. Medians. Options: `groups`, `groupSize`, `repetitions`.
 * `TURNWISE_PYTHON` names a Python with verl and torch to measure beside.
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
    } satisfies Figures,
  ]);
  const figures = Object.fromEntries(measured) as Record<string, Figures>;
  const python = process.env['TURNWISE_PYTHON'];
  return Promise.resolve({
    unit: 'trajectories a second',
    trajectories,
    turnsPerTrajectory,
    tokensPerTrajectory: turnsPerTrajectory * (policyTokensPerTurn + observationTokensPerTurn),
    ...figures,
    ...(python ? besideVerl(python, groups, repetitions, figures) : {}),
  });
}

interface Speed {
  readonly wall: number;
  readonly processor: number;
}
type Figures = Readonly<Record<'estimate' | 'checked' | 'toTokens', Speed>>;

interface PeerTimes {
  readonly versions: Readonly<Record<string, string>>;
  readonly threads: number;
  /** Seconds of one call. */
  readonly grpo: Speed;
  readonly grpoVectorized: Speed;
}

function besideVerl(
  python: string,
  groups: readonly ShapedGroup[],
  repetitions: number,
  figures: Readonly<Record<string, Figures>>,
): Record<string, unknown> {
  const policy = new Array<number>(policyTokensPerTurn).fill(1);
  const turn = [...policy, ...new Array<number>(observationTokensPerTurn).fill(0)];
  const outcomes = groups.flatMap(({ shaped }) => shaped.map(({ outcome }) => outcome));
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-bench-'));
  try {
    const [input, output] = [join(folder, 'in.json'), join(folder, 'out.json')];
    const given = {
      outcome: outcomes,
      group: groups.flatMap(({ question, shaped }) => shaped.map(() => question.id)),
      mask: Array.from({ length: turnsPerTrajectory }, () => turn).flat(),
      repetitions,
    };
    writeFileSync(input, JSON.stringify(given));
    execFileSync(python, [fileURLToPath(new URL('../parity/peers.py', import.meta.url)), 'bench', input, output]);
    const times = JSON.parse(readFileSync(output, 'utf8')) as PeerTimes;
    const rate = ({ wall, processor }: Speed): Speed => ({
      wall: Math.round(outcomes.length / wall),
      processor: Math.round(outcomes.length / processor),
    });
    const verl = { grpo: rate(times.grpo), grpoVectorized: rate(times.grpoVectorized) };
    const ratios = (name: 'grpo' | 'grpoVectorized') =>
      Object.fromEntries(
        Object.entries(figures).map(([own, { estimate, checked, toTokens }]) => [
          own,
          Object.fromEntries(
            Object.entries({ estimate, checked, toTokens }).map(([part, { processor }]) => [
              part,
              Math.round((100 * processor) / verl[name].processor) / 100,
            ]),
          ),
        ]),
      );
    return {
      verl: { ...verl, threads: times.threads, versions: times.versions },
      timesVerl: { grpo: ratios('grpo'), grpoVectorized: ratios('grpoVectorized') },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sequences of one micro-batch: 16,000 tokens. */
const sequencesPerMicroBatch = 16;

/**
 * Everything between rewards and the update: one advantage for each token the policy wrote, micro-batch by micro-batch
 * as the trainer lays them out. The sum keeps the work from being optimised away.
 */
function copyToTokens(groups: readonly ShapedGroup[], name: string, estimator: AdvantageEstimator): number {
  const sequences = creditedSequences(groups, name, estimator);
  let last = 0;
  for (let first = 0; first < sequences.length; first += sequencesPerMicroBatch) {
    const advantages = spreadAdvantages(sequences, first, Math.min(first + sequencesPerMicroBatch, sequences.length));
    last += advantages[0] ?? 0;
  }
  return last;
}

function spreadAdvantages(sequences: readonly TrainingSequence[], first: number, end: number): Float64Array {
  let count = 0;
  for (let index = first; index < end; index++) count += policyTokenCount(sequences[index] as TrainingSequence);
  const advantages = new Float64Array(count);
  let start = 0;
  for (let index = first; index < end; index++) {
    for (const span of sequences[index]?.spans ?? []) {
      if (span.owner !== 'policy') continue;
      advantages.fill(span.advantage, start, start + span.tokenIds.length);
      start += span.tokenIds.length;
    }
  }
  return advantages;
}

function creditedSequences(
  groups: readonly ShapedGroup[],
  name: string,
  estimator: AdvantageEstimator,
): TrainingSequence[] {
  const advantages = estimateAdvantages(groups, { name, estimator });
  return groups.flatMap(({ trajectories }, group) =>
    trajectories.map((trajectory, member) => advantagesToTokens(trajectory, advantages[group]?.turns[member] ?? [])),
  );
}

/** Trajectories a second of wall time and of processor time; on a shared machine the latter is the one to compare. */
function perSecond(count: number, repetitions: number, work: () => unknown): Speed {
  // A training run credits hundreds of steps: what counts is the compiled code.
  for (let run = 0; run < 30; run++) work();
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
