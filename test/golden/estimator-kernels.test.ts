import { expect, it } from '@jest/globals';
import {
  generalizedAdvantages,
  maskedReturns,
  remaxAdvantages,
  type ShapedGroup,
  type Trajectory,
  type TurnRewards,
} from '@turnwise/core';
import { gigpoAdvantages, gigpoOptions } from '@turnwise/advantage-gigpo';
import { gpgAdvantages, gpgOptions } from '@turnwise/advantage-gpg';
import { igpoAdvantages, igpoOptions } from '@turnwise/advantage-igpo';
import { mtGrpoAdvantages, mtGrpoOptions } from '@turnwise/advantage-mt-grpo';
import { opoAdvantages } from '@turnwise/advantage-opo';
import { passAtKAdvantages, passAtKOptions } from '@turnwise/advantage-pass-at-k';
import { reinforcePlusPlusAdvantages, reinforcePlusPlusOptions } from '@turnwise/advantage-reinforce-plus-plus';
import { goldenKernel } from './golden-file.js';

interface Member {
  readonly outcome: number;
  readonly turns: readonly number[];
  /** Policy tokens of each turn. */
  readonly tokens?: readonly number[];
  /** Text read after each turn. */
  readonly observed?: readonly string[];
}

function groupOf(members: readonly Member[], id = 'q'): ShapedGroup {
  return {
    question: { id, text: 'Which?', answers: ['Paris'] },
    trajectories: members.map(({ turns, tokens, observed }, index): Trajectory => ({
      id: `${id}/${index}`,
      turns: turns.map((_, turn) => ({
        output: {
          text: '',
          tokenIds: new Array<number>(tokens?.[turn] ?? 0).fill(1),
          logprobs: new Array<number>(tokens?.[turn] ?? 0).fill(-1),
        },
        action: { kind: 'search', query: 'x' },
        observation: { status: 'ok', text: observed?.[turn] ?? '', hits: [] },
      })),
      answer: 'x',
      stopReason: 'answered',
    })),
    shaped: members.map(({ outcome, turns }): TurnRewards => ({ outcome, correct: outcome > 0, turns })),
  };
}

const single = (outcome: number, tokens = 1): Member => ({ outcome, turns: [outcome], tokens: [tokens] });
const count = (row: readonly number[] | undefined): number => (row ?? []).filter((value) => value === 1).length;

function expectClose(
  actual: readonly (readonly number[])[] | undefined,
  expected: readonly (readonly number[])[],
): void {
  expect(actual?.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  actual?.forEach((row, index) => {
    row.forEach((value, turn) => {
      expect(Math.abs(value - (expected[index]?.[turn] ?? NaN))).toBeLessThan(1e-6);
    });
  });
}

it('gae_masked', () => {
  interface Kernel {
    readonly rewards: number[];
    readonly values: number[];
    readonly mask: (0 | 1)[];
    readonly gamma: number;
    readonly lam: number;
    readonly advantages: number[];
  }
  const kernel = goldenKernel('gae_masked') as Kernel;
  const advantages = generalizedAdvantages(kernel.rewards, kernel.values, kernel.mask, kernel.gamma, kernel.lam);
  // The reference fills the skipped observation with what is carried over it; ours says 0, as the loss masks it anyway.
  const compared = advantages.flatMap((value, token) => (kernel.mask[token] === 1 ? [value] : []));
  expectClose([compared], [kernel.advantages.filter((_, token) => kernel.mask[token] === 1)]);
});

it('reinforce_pp', () => {
  const kernel = goldenKernel('reinforce_pp') as { rewards: number[][]; mask: number[][]; advantages: number[][] };
  const members = kernel.rewards.map((row, index) =>
    single(
      row.reduce((sum, value) => sum + value, 0),
      count(kernel.mask[index]),
    ),
  );
  const [result] = reinforcePlusPlusAdvantages([groupOf(members)], reinforcePlusPlusOptions.parse({}));
  expectClose(
    result?.turns,
    kernel.advantages.map((row) => row.slice(0, 1)),
  );
});

it('reinforce_pp_baseline', () => {
  const kernel = goldenKernel('reinforce_pp_baseline') as {
    scores: number[];
    group: number[];
    mask: number[][];
    advantages: number[][];
  };
  const groups = [0, 1].map((group) =>
    groupOf(
      kernel.scores.flatMap((score, index) =>
        kernel.group[index] === group ? [single(score, count(kernel.mask[index]))] : [],
      ),
      `q${group}`,
    ),
  );
  const results = reinforcePlusPlusAdvantages(groups, reinforcePlusPlusOptions.parse({ baseline: 'group-mean' }));
  expectClose(
    results.flatMap(({ turns }) => turns),
    kernel.advantages.map((row) => row.slice(0, 1)),
  );
});

it('reinforce_pp_observation_reset', () => {
  const kernel = goldenKernel('reinforce_pp_observation_reset') as {
    rewards: number[];
    mask: (0 | 1)[];
    returns_skip_observation: number[];
  };
  expect(maskedReturns(kernel.rewards, kernel.mask)).toEqual(kernel.returns_skip_observation);
});

it('remax', () => {
  const kernel = goldenKernel('remax') as {
    rewards: number[];
    mask: (0 | 1)[];
    baseline: number;
    advantages: number[];
  };
  expect(remaxAdvantages(kernel.rewards, kernel.mask, kernel.baseline)).toEqual(kernel.advantages);
});

it('gpg', () => {
  const kernel = goldenKernel('gpg') as { scores: number[]; advantages: number[] };
  const [result] = gpgAdvantages([groupOf(kernel.scores.map((score) => single(score)))], gpgOptions.parse({}));
  expectClose(
    result?.turns,
    kernel.advantages.map((value) => [value]),
  );
});

it('opo', () => {
  const kernel = goldenKernel('opo') as { scores: number[]; lengths: number[]; advantages: number[] };
  const [result] = opoAdvantages([groupOf(kernel.scores.map((score, index) => single(score, kernel.lengths[index])))]);
  expectClose(
    result?.turns,
    kernel.advantages.map((value) => [value]),
  );
});

it('grpo_passk', () => {
  const kernel = goldenKernel('grpo_passk') as { scores: number[]; advantages: number[] };
  const [result] = passAtKAdvantages([groupOf(kernel.scores.map((score) => single(score)))], passAtKOptions.parse({}));
  expectClose(
    result?.turns,
    kernel.advantages.map((value) => [value]),
  );
});

it('gigpo', () => {
  interface Kernel {
    readonly group: { anchors: string[]; rewards: number[] }[];
    readonly advantages: number[][];
    readonly step_advantages: number[][];
    readonly episode_advantages: number[];
    readonly episode_advantages_cross_steps: number[];
  }
  const kernel = goldenKernel('gigpo') as Kernel;
  const members = kernel.group.map(({ anchors, rewards }): Member => ({
    outcome: rewards.reduce((sum, value) => sum + value, 0),
    turns: rewards,
    observed: anchors.slice(1),
  }));
  const estimate = (options: object) => gigpoAdvantages([groupOf(members)], gigpoOptions.parse(options))[0]?.turns;
  expectClose(estimate({}), kernel.advantages);
  expectClose(estimate({ stepReward: 'turns' }), kernel.advantages);
  expectClose(estimate({ similarity: 0.9 }), kernel.advantages);
  const perTurn = (values: readonly number[]) =>
    kernel.group.map(({ rewards }, member) => rewards.map(() => values[member] ?? NaN));
  expectClose(estimate({ stepWeight: 0 }), perTurn(kernel.episode_advantages));
  expectClose(
    estimate({ stepWeight: 0, trajectoryStatistics: 'steps' }),
    perTurn(kernel.episode_advantages_cross_steps),
  );
});

it('mt_grpo', () => {
  interface Kernel {
    readonly turn_rewards: number[];
    readonly outcome_rewards: number[];
    readonly before_result: number[];
    readonly after_result: number[];
  }
  const kernel = goldenKernel('mt_grpo') as Kernel;
  const members = kernel.outcome_rewards.map((outcome, index): Member => ({
    outcome,
    turns: [kernel.turn_rewards[index] ?? 0, 0],
  }));
  const [result] = mtGrpoAdvantages([groupOf(members)], mtGrpoOptions.parse({}));
  expectClose(
    result?.turns,
    kernel.before_result.map((before, index) => [before, kernel.after_result[index] ?? NaN]),
  );
});

it('igpo', () => {
  const kernel = goldenKernel('igpo') as { info_gain: number[][]; outcome: number[]; advantages: number[][] };
  const members = kernel.outcome.map((outcome, index): Member => ({
    outcome,
    turns: [...(kernel.info_gain[index] ?? []), 0],
  }));
  const [result] = igpoAdvantages([groupOf(members)], igpoOptions.parse({}));
  expectClose(result?.turns, kernel.advantages);
});
