import { mulberry } from './mulberry.js';

/** A step's line of metrics with the names a real run of TSPO records; step 0 is the measurement before training. */
export function metricRow(step: number, steps: number, seed: number): string {
  const random = mulberry(seed * 1_000_003 + step);
  const learned = 1 - Math.exp((-3 * step) / steps);
  const noisy = (value: number, noise: number): number => Math.max(0, value + noise * (random() - 0.5));
  const mixed = noisy(0.2 + 0.3 * learned, 0.1);
  const correct = noisy(0.4 * learned, 0.1);
  const wrong = Math.max(0, 1 - mixed - correct);
  const training = {
    'reward/outcome-mean': noisy(0.6 * learned, 0.1),
    'reward/turn-mean': noisy(0.1 + 0.4 * learned, 0.1),
    'groups/all-wrong': wrong,
    'groups/mixed': mixed,
    'groups/all-correct': correct,
    'groups/dead': noisy(0.1, 0.1),
    'groups/near-miss': wrong * noisy(0.6, 0.2),
    'rollout/turns-mean': noisy(3.5, 0.4),
    'rollout/search-rate': noisy(0.7, 0.1),
    'rollout/invalid-rate': noisy(0.01, 0.02),
    'rollout/tokens': Math.round(noisy(6000, 900)),
    'rollout/seconds': noisy(2, 0.5),
    'update/loss': -noisy(0.03, 0.03),
    'update/kl': noisy(0.002 * learned, 0.001),
    'update/clip-fraction': noisy(0.01, 0.01),
    'update/entropy': noisy(0.4 - 0.2 * learned, 0.05),
    'update/gradient-norm': noisy(0.1, 0.05),
    'update/seconds': noisy(1.5, 0.3),
    'groups/all-wrong-answered-near-miss': wrong * noisy(0.5, 0.2),
    'groups/all-wrong-near-miss': wrong * noisy(0.6, 0.2),
    'trajectories/abstained': 0,
    'trajectories/near-miss': noisy(0.15, 0.1),
    'trajectories/unanswered': noisy(0.05, 0.05),
  };
  const evaluation = {
    'eval/exact-match': noisy(0.6 * learned, 0.03),
    'eval/f1': noisy(0.65 * learned, 0.03),
    'eval/gold-retrieved': noisy(0.5 + 0.4 * learned, 0.03),
  };
  const line = { step, ...(step === 0 ? {} : training), ...(step % 50 === 0 ? evaluation : {}) };
  return `${JSON.stringify(line)}\n`;
}

/** How large the groups of a step are. */
export interface GroupShape {
  readonly groups: number;
  readonly trajectories: number;
  /** Turns of the step's trajectories together; they are spread evenly. */
  readonly turns: number;
  /** Tokens the policy wrote in a turn. */
  readonly tokens: number;
  readonly questions: number;
}

/** A step's file of groups as a run records it: questions come round, and go from all-wrong to solved. */
export function groupsOf(step: number, steps: number, shape: GroupShape): string {
  const random = mulberry(step);
  const each = shape.turns / (shape.groups * shape.trajectories);
  let given = 0;
  const lines = Array.from({ length: shape.groups }, (_, index) => {
    const question = ((step - 1) * shape.groups + index) % shape.questions;
    const gold = `Peltak${question}`;
    const trajectories = Array.from({ length: shape.trajectories }, (_unused, member) => {
      const place = index * shape.trajectories + member + 1;
      const turns = Math.round(each * place) - given;
      given += turns;
      const found = random() < 0.2 + 0.6 * (step / steps);
      const right = found && random() < 0.8 * (step / steps);
      return { member, turns, found, right };
    });
    const right = trajectories.filter((each) => each.right).length;
    const mean = right / shape.trajectories;
    return JSON.stringify({
      step,
      question: { id: `q${question}`, text: `Who governs the twin of the birthplace of ${gold}?`, answers: [gold] },
      trajectories: trajectories.map(({ member, turns, found, right: answered }) => ({
        id: `q${question}/${member}`,
        prompt: { text: 'Question', tokenIds: [339, 67, 345, 451] },
        turns: Array.from({ length: turns }, (_unused, turn) =>
          turn < turns - 1
            ? searchTurn(random, shape.tokens, found && turn === turns - 2 ? gold : 'Mardun')
            : answerTurn(random, shape.tokens, answered ? gold : 'Mardun'),
        ),
        answer: answered ? gold : 'Mardun',
        stopReason: 'answered',
      })),
      shaped: trajectories.map(({ turns, found, right: answered }) => ({
        outcome: answered ? 1 : 0,
        correct: answered,
        answered: true,
        firstOccurrence: found && turns > 1 ? turns - 2 : null,
        turns: new Array<number>(turns).fill(answered ? 1 : found ? 0.5 : 0),
        reasons: new Array<string>(turns).fill('0.5: the answer is wrong, but gold was first seen in a turn'),
      })),
      advantages: {
        composition: right === 0 ? 'all-wrong' : right === shape.trajectories ? 'all-correct' : 'mixed',
        level: 'turn',
        turns: trajectories.map(({ turns, right: answered, found }) =>
          new Array<number>(turns).fill((answered ? 1 : found ? 0.5 : 0) - mean),
        ),
      },
    });
  });
  return `${lines.join('\n')}\n`;
}

type Random = () => number;

const tokensOf = (random: Random, tokens: number): { tokenIds: number[]; logprobs: number[] } => ({
  tokenIds: Array.from({ length: tokens }, () => Math.floor(600 * random())),
  logprobs: Array.from({ length: tokens }, () => -Math.round(1e6 * random()) / 1e6),
});

function searchTurn(random: Random, tokens: number, holds: string): object {
  const text = `${holds} became the twin of Markan. Letters tell the story.`;
  const query = `Markan twin ${Math.floor(1000 * random())}`;
  return {
    output: { text: `<think> Mardun twin Markan </think> <search> ${query} </search>`, ...tokensOf(random, tokens) },
    action: { kind: 'search', query },
    observation: {
      status: 'ok',
      text: `\n<information> ${text} </information>\n`,
      hits: [{ id: 'w00152', title: 'Markan', text, score: 8.8 }],
      tokenIds: Array.from({ length: tokens }, () => Math.floor(600 * random())),
    },
  };
}

function answerTurn(random: Random, tokens: number, text: string): object {
  return {
    output: { text: `<answer> ${text} </answer>`, ...tokensOf(random, tokens) },
    action: { kind: 'answer', text },
    observation: null,
  };
}
