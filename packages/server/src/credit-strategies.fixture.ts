import { groupComposition } from '@turnwise/core';
import type { AdvantageEstimator, RewardShaper, ShapedGroup } from '@turnwise/core';
import type { CreditStrategies, CreditStrategy } from './services.js';

/** Right answers get 1, an answer "abstain" abstains, turn k gets k / 10 on top. */
const shaper: RewardShaper = {
  shape: ({ question, trajectories }) =>
    trajectories.map(({ answer, turns }) => {
      const correct = answer === question.answers[0];
      return {
        outcome: answer === 'abstain' ? null : correct ? 1 : 0,
        correct,
        turns: turns.map((_, turn) => (correct ? 1 : 0) + turn / 10),
        firstOccurrence: 0,
        components: { bonus: 0.5 },
      };
    }),
};

/** Outcome minus the mean of the group. */
const centred: AdvantageEstimator = {
  estimate: (groups) =>
    groups.map((group) => {
      const outcomes = group.shaped.map(({ outcome }) => outcome ?? 0);
      const mean = outcomes.reduce((sum, value) => sum + value, 0) / outcomes.length;
      return {
        composition: groupComposition(group),
        level: 'trajectory',
        turns: group.shaped.map(({ turns, outcome }) => turns.map(() => (outcome === null ? 0 : outcome - mean))),
      };
    }),
};

const readingTexts: AdvantageEstimator = {
  estimate: (groups: readonly ShapedGroup[]) => {
    groups[0]?.trajectories[0]?.turns[0]?.observation?.text.trim();
    return centred.estimate(groups);
  },
};

const made: Record<string, CreditStrategy> = {
  plain: { rewards: [{ name: 'own', shaper, weight: 1 }], advantage: { name: 'centred', estimator: centred } },
  textual: { rewards: [], advantage: { name: 'textual', estimator: readingTexts } },
  broken: {
    rewards: [{ name: 'nan', shaper: { shape: () => [{ outcome: NaN, correct: false, turns: [NaN] }] }, weight: 1 }],
    advantage: { name: 'centred', estimator: centred },
  },
};
export const strategies: CreditStrategies = {
  names: Object.keys(made),
  defaultName: 'plain',
  open: (name) => Promise.resolve(made[name] as CreditStrategy),
};

const turn = (text: string): object => ({
  output: { text },
  action: { kind: 'answer', text },
  observation: null,
});
const trajectory = (answer: string, turns = 1): object => ({
  turns: Array.from({ length: turns }, () => turn(answer)),
  answer,
  stopReason: 'answered',
});
export const group = (id: string, ...answers: string[]): Record<string, unknown> => ({
  question: { id, text: 'Who?', answers: ['Ann'] },
  trajectories: answers.map((answer) => trajectory(answer)),
});
