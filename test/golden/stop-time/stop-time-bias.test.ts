import { describe, expect, it } from '@jest/globals';
import { randomStream } from '@turnwise/core';
import { answerOrSearch, goldAnswer, ladder, type DecisionProcess, type Path } from './decision-process.js';
import { expectedUpdate, isRight, sampledUpdate, trueGradient, type Method, type Reward } from './expected-update.js';
import { broadcast, everyTurn, folr, leaveOneOut, methods, paidAtEnd, tspo, unscaled } from './methods.js';

const process2 = answerOrSearch();
const process3 = ladder();
const cases: [string, DecisionProcess, number][] = [
  ['answer or search, groups of 2', process2, 2],
  ['answer or search, groups of 5', process2, 5],
  ['search worth while, groups of 4', answerOrSearch({ memory: 0.05, read: 0.7, search: 0.3 }), 4],
  ['memory better, groups of 4', answerOrSearch({ memory: 0.6, read: 0.2, search: 0.7 }), 4],
  ['ladder, groups of 2', process3, 2],
  ['ladder, groups of 3', process3, 3],
];

const method = (name: string): Method => {
  const found = methods[name];
  if (!found) throw new Error(`no method ${name}`);
  return found;
};

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  const gap = Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN))));
  if (!(gap <= tolerance)) expect(actual).toEqual(expected);
}

/** The expected score of the choices of one turn, over all paths, weighed by their worth. */
function turnGradient(process: DecisionProcess, turn: number, worth: (path: Path) => number): number[] {
  return process.parameters.map((_, parameter) =>
    process
      .paths(process.logits)
      .reduce((sum, path) => sum + path.probability * worth(path) * (path.scores[turn]?.[parameter] ?? 0), 0),
  );
}

const expectation = (process: DecisionProcess, worth: (path: Path) => number): number =>
  process.paths(process.logits).reduce((sum, path) => sum + path.probability * worth(path), 0);
const add = (...vectors: readonly (readonly number[])[]): number[] =>
  (vectors[0] ?? []).map((_, index) => vectors.reduce((sum, vector) => sum + (vector[index] ?? 0), 0));
const times = (vector: readonly number[], factor: number): number[] => vector.map((value) => value * factor);
const turnIndices = [0, 1, 2];

/** 0-based turn of the first observation with gold, or null. */
function goldTurn({ trajectory }: Path): number | null {
  const turn = trajectory.turns.findIndex(({ observation }) => observation?.text.includes(goldAnswer));
  return turn === -1 ? null : turn;
}
const isAnsweredNearMiss = (path: Path): boolean =>
  goldTurn(path) !== null && !isRight(path) && path.trajectory.answer !== null;

describe('the ground to stand on', () => {
  it.each([process2, process3])(
    'the true gradient is the derivative of the probability of a right answer',
    (process) => {
      const success = (logits: readonly number[]) =>
        process.paths(logits).reduce((sum, path) => sum + path.probability * isRight(path), 0);
      const numeric = process.logits.map((_, parameter) => {
        const at = (step: number) =>
          success(process.logits.map((value, index) => (index === parameter ? value + step : value)));
        return (at(1e-5) - at(-1e-5)) / 2e-5;
      });
      expectClose(trueGradient(process), numeric, 1e-9);
      expect(process.paths(process.logits).reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    },
  );

  it.each(['RLOO', 'tspo-literal', 'outcome per turn index, summed', 'GiGPO'])(
    'enumeration and sampling agree for %s',
    (name) => {
      const random = randomStream(17, name);
      const { mean, error } = sampledUpdate(process3, method(name), 3, 15_000, () => random.next());
      expectedUpdate(process3, method(name), 3).forEach((exact, parameter) => {
        expect(Math.abs(exact - (mean[parameter] ?? NaN))).toBeLessThan(4.5 * (error[parameter] ?? NaN));
      });
    },
  );
});

describe.each(cases)('%s', (_name, process, groupSize) => {
  const truth = trueGradient(process);

  it.each([
    'outcome, raw',
    'RLOO',
    'GAE, lambda 1',
    'outcome to go per turn index',
    'outcome padded, summed to the longest',
  ])('%s is unbiased', (name) => {
    expectClose(expectedUpdate(process, method(name), groupSize), truth);
  });

  it('Dr.GRPO is 1 - 1/G of the truth', () => {
    expectClose(expectedUpdate(process, method('Dr.GRPO'), groupSize), times(truth, 1 - 1 / groupSize));
  });

  it.each(['GRPO', 'pass@k', 'GPG'])('%s has the direction of the truth: it looks at right and wrong alone', (name) => {
    const update = expectedUpdate(process, method(name), groupSize);
    const scale =
      update.reduce((sum, value, index) => sum + value * (truth[index] ?? 0), 0) /
      truth.reduce((sum, value) => sum + value ** 2, 0);
    expect(scale).toBeGreaterThan(0);
    expectClose(update, times(truth, scale));
  });

  /** Mean reward and probability of each turn, and how the policy moves that probability. */
  const reached = (turn: number) => (path: Path) => Number(path.scores.length > turn);
  const reachGradient = (turn: number): number[] =>
    add(
      ...turnIndices
        .filter((earlier) => earlier < turn)
        .map((earlier) => turnGradient(process, earlier, reached(turn))),
    );
  const summedBias = (rewardOf: (path: Path, turn: number) => number): number[] =>
    add(
      truth.map(() => 0),
      ...turnIndices.slice(1).map((turn) => {
        const q = expectation(process, reached(turn));
        const b = q === 0 ? 0 : expectation(process, (path) => reached(turn)(path) * rewardOf(path, turn)) / q;
        return times(reachGradient(turn), -b * (1 - (1 - q) ** (groupSize - 1)));
      }),
    );
  const paidLast = (path: Path, turn: number): number => (turn === path.scores.length - 1 ? isRight(path) : 0);

  it('summing what was centred turn by turn adds -sum b_j (1 - (1 - q_j)^(G-1)) grad q_j', () => {
    const update = expectedUpdate(process, method('outcome per turn index, summed'), groupSize);
    expectClose(update, add(truth, summedBias(paidLast)));
  });

  it('and rewards going on when later turns cost', () => {
    const costly: Reward = (group) =>
      paidAtEnd(group).map((rewards) => ({
        ...rewards,
        turns: rewards.turns.map((value, turn) => value - (turn > 0 ? 1 : 0)),
      }));
    const summed: Method = { reward: costly, estimator: tspo({ ...everyTurn, ...leaveOneOut, return: 'discounted' }) };
    const cost = (path: Path): number => -Math.max(0, path.scores.length - 1);
    const target = add(truth, trueGradient(process, cost));
    const bias = summedBias((path, turn) => paidLast(path, turn) - 1);
    expectClose(expectedUpdate(process, summed, groupSize), add(target, bias));
    expect(bias[0]).toBeGreaterThan(0);
  });

  it('the mean with self shrinks turn k by (1 - (1 - q_k)^G) / (G q_k)', () => {
    const update = expectedUpdate(process, method('outcome to go per turn index, mean'), groupSize);
    const expected = add(
      ...turnIndices.map((turn) => {
        const q = expectation(process, reached(turn));
        const factor = q === 0 ? 0 : 1 - (1 - (1 - q) ** groupSize) / (groupSize * q);
        return times(turnGradient(process, turn, isRight), factor);
      }),
    );
    expectClose(update, expected);
  });

  it('prefix credit in all groups follows success plus alpha x answered near-misses, up to the turn that found gold', () => {
    const dense: Method = { reward: folr({ alpha: 0.3 }), estimator: tspo({ ...everyTurn, ...leaveOneOut }) };
    const worth = (turn: number) => (path: Path) =>
      isRight(path) + (isAnsweredNearMiss(path) && (goldTurn(path) ?? -1) >= turn ? 0.3 : 0);
    expectClose(
      expectedUpdate(process, dense, groupSize),
      add(...turnIndices.map((turn) => turnGradient(process, turn, worth(turn)))),
    );
  });

  it('the all-wrong gate adds (1 - p)^(G-1) times alpha near-miss and b_k success gradients', () => {
    const alpha = 0.5;
    const gated: Method = {
      reward: folr({ credit: 'at', requireAnswer: false, alpha }),
      estimator: tspo({ ...unscaled, baseline: 'leave-one-out', loneCell: 'raw' }),
    };
    const wrong = 1 - expectation(process, isRight);
    const gate = wrong ** (groupSize - 1);
    const expected = turnIndices.flatMap((turn) => {
      const firstHere = (path: Path) => Number(!isRight(path) && goldTurn(path) === turn);
      const reachedWrong = (path: Path) => Number(!isRight(path)) * reached(turn)(path);
      const q = expectation(process, reachedWrong) / wrong;
      const mean = q === 0 ? 0 : (alpha * expectation(process, firstHere)) / (q * wrong);
      const b = mean * (1 - (1 - q) ** (groupSize - 1));
      return [
        times(turnGradient(process, turn, firstHere), gate * alpha),
        times(turnGradient(process, turn, isRight), gate * b),
      ];
    });
    expectClose(expectedUpdate(process, gated, groupSize), add(truth, ...expected));
  });

  it('without answered near-misses worth anything, tspo is plain leave-one-out', () => {
    const careful: Method = { reward: broadcast, estimator: tspo({ ...unscaled, baseline: 'leave-one-out' }) };
    expectClose(expectedUpdate(process, careful, groupSize), truth);
  });
});

describe('the published table', () => {
  // Search push and reading push where searching and answering at once are worth the same: the truth is 0 and 0.06.
  const table: [string, number[][]][] = [
    [
      'RLOO',
      [
        [0, 0.06],
        [0, 0.06],
        [0, 0.06],
      ],
    ],
    [
      'GRPO',
      [
        [0, 0.0424],
        [0, 0.0861],
        [0, 0.1182],
      ],
    ],
    [
      'outcome per turn index, summed',
      [
        [-0.025, 0.06],
        [-0.04375, 0.06],
        [-0.0496, 0.06],
      ],
    ],
    [
      'outcome per turn index, mean, summed',
      [
        [-0.025, 0.015],
        [-0.0375, 0.0319],
        [-0.04375, 0.0451],
      ],
    ],
    [
      'outcome per turn index, sd, summed',
      [
        [-0.0707, 0.0424],
        [-0.0976, 0.0851],
        [-0.1244, 0.1158],
      ],
    ],
    [
      'outcome padded, summed to the longest',
      [
        [0, 0.06],
        [0, 0.06],
        [0, 0.06],
      ],
    ],
    [
      'outcome to go per turn index',
      [
        [0, 0.06],
        [0, 0.06],
        [0, 0.06],
      ],
    ],
    [
      'outcome broadcast and summed',
      [
        [0.025, 0.06],
        [0.00625, 0.06],
        [0.0004, 0.06],
      ],
    ],
    [
      'tspo-literal',
      [
        [0.0424, 0.0424],
        [0.0552, 0.0861],
        [0.0313, 0.1182],
      ],
    ],
  ];
  it.each(table)('%s', (name, expected) => {
    [2, 4, 8].forEach((groupSize, column) => {
      expectClose(expectedUpdate(process2, method(name), groupSize), expected[column] ?? [], 6e-5);
    });
  });

  it('summing can turn the sign of the search', () => {
    expect(trueGradient(process3)[0]).toBeGreaterThan(0.015);
    expect(expectedUpdate(process3, method('outcome per turn index, summed'), 3)[0]).toBeLessThan(-0.01);
  });

  it.each(['OPO', 'REINFORCE++', 'RLOO, sequence-mean', 'RLOO, token-mean'])(
    '%s bends towards searching or away',
    (name) => {
      const truth = trueGradient(process3);
      const update = expectedUpdate(process3, method(name), 3);
      const scale = (update[5] ?? 0) / (truth[5] ?? 1);
      expect(Math.abs((update[0] ?? 0) / scale - (truth[0] ?? 0))).toBeGreaterThan(0.001);
    },
  );
});
