import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  advantagesToTokens,
  flattenSequence,
  estimateAdvantages,
  generalizedAdvantages,
  klEstimate,
  objectiveLoss,
  randomStream,
  remaxAdvantages,
  type AdvantageEstimator,
  type Objective,
  type RandomStream,
  type ShapedGroup,
} from '@turnwise/core';
import { gpgAdvantages, gpgOptions } from '@turnwise/advantage-gpg';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import { opoAdvantages } from '@turnwise/advantage-opo';
import { passAtKAdvantages, passAtKOptions } from '@turnwise/advantage-pass-at-k';
import { reinforcePlusPlusAdvantages, reinforcePlusPlusOptions } from '@turnwise/advantage-reinforce-plus-plus';

/**
 * Largest differences between our credit and the published Python of verl and TRL, on random ragged batches. Run by hand:
 *
 *     TURNWISE_PYTHON=/path/to/python node --conditions=turnwise-source --import tsx test/parity/parity.ts [seeds]
 *
 * That Python needs verl, trl, torch and numpy; docs/credit/parity.md says how to get them. Exits with 1 when a float64
 * difference exceeds 1e-6 where none is explained.
 */
type Matrix = number[][];
interface Run {
  readonly verl: Readonly<Record<string, Matrix>>;
  readonly trl: Readonly<Record<'group' | 'none', number[]>>;
}
interface Graded {
  readonly loss: number;
  readonly gradient: Matrix;
}
interface Peers {
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly {
    readonly float64: Run;
    readonly float32: Run;
    readonly losses: Readonly<Record<string, Graded>>;
  }[];
}

const maxTokens = 40;
const trlGroupSize = 5;

/** Groups of 1 to 8 trajectories of 1 to 4 turns; one group in four is flat, outcomes are right or wrong or in between. */
function makeGroups(random: RandomStream, sizes: readonly number[], abstain: boolean): ShapedGroup[] {
  const tokens = (count: number): number[] => Array.from({ length: count }, () => 1 + random.integer(500));
  return sizes.map((size, group) => {
    const flat = random.integer(4) === 0 ? random.next() : null;
    const graded = random.integer(2) === 0;
    const id = `q${group}`;
    const turnCounts = Array.from({ length: size }, () => 1 + random.integer(4));
    const outcomes = turnCounts.map(() => {
      if (abstain && random.integer(5) === 0) return null;
      return flat ?? (graded ? random.next() : random.integer(2));
    });
    return {
      question: { id, text: 'Which?', answers: ['Paris'] },
      trajectories: turnCounts.map((turns, member) => ({
        id: `${id}/${member}`,
        turns: Array.from({ length: turns }, (_, turn) => {
          const tokenIds = tokens(1 + random.integer(6));
          const last = turn === turns - 1;
          return {
            output: { text: 'x', tokenIds, logprobs: tokenIds.map(() => -3 * random.next()) },
            action: last ? ({ kind: 'answer', text: 'x' } as const) : ({ kind: 'search', query: 'x' } as const),
            observation: last
              ? null
              : { status: 'ok' as const, text: 'x', hits: [], tokenIds: tokens(1 + random.integer(4)) },
          };
        }),
        answer: 'x',
        stopReason: 'answered' as const,
      })),
      shaped: turnCounts.map((turns, member) => {
        const outcome = outcomes[member] ?? null;
        return { outcome, correct: outcome === 1, turns: new Array<number>(turns).fill(outcome ?? 0) };
      }),
    };
  });
}

const grpo = (options: object): AdvantageEstimator => {
  const parsed = grpoOptions.parse({ singleton: 'raw', ...options });
  return { estimate: (groups) => grpoAdvantages(groups, parsed) };
};
const reinforce = (options: object): AdvantageEstimator => {
  const parsed = reinforcePlusPlusOptions.parse(options);
  return { estimate: (groups) => reinforcePlusPlusAdvantages(groups, parsed) };
};
const passAtK = (options: object): AdvantageEstimator => {
  const parsed = passAtKOptions.parse(options);
  return { estimate: (groups) => passAtKAdvantages(groups, parsed) };
};
const estimators: Readonly<Record<string, AdvantageEstimator>> = {
  grpo: grpo({}),
  'grpo, no standard deviation': grpo({ divideByStandardDeviation: false }),
  rloo: grpo({ divideByStandardDeviation: false, baseline: 'leave-one-out' }),
  'reinforce-plus-plus': reinforce({}),
  'reinforce-plus-plus, group-mean': reinforce({ baseline: 'group-mean' }),
  opo: { estimate: (groups) => opoAdvantages(groups) },
  gpg: { estimate: (groups) => gpgAdvantages(groups, gpgOptions.parse({})) },
  'pass-at-k': passAtK({}),
  'pass-at-k, no standard deviation': passAtK({ divideByStandardDeviation: false }),
};
/** Groups of one: ours zero, verl the raw outcome (or an error for pass@k). Stated in each docstring. */
const singletonsDiffer = /^opo|^gpg/;

interface Padded {
  readonly mask: (0 | 1)[][];
  readonly group: number[];
  readonly outcome: number[];
  /** Position of each trajectory's last policy token. */
  readonly last: number[];
}

function padded(groups: readonly ShapedGroup[]): Padded {
  const sequences = groups.flatMap(({ trajectories }) =>
    trajectories.map((trajectory) =>
      advantagesToTokens(trajectory, new Array<number>(trajectory.turns.length).fill(0)),
    ),
  );
  const mask = sequences.map((sequence) => {
    const own = flattenSequence(sequence).mask;
    return Array.from({ length: maxTokens }, (_, token) => (own[token] === 1 ? 1 : 0));
  });
  return {
    mask,
    group: groups.flatMap(({ trajectories }, group) => trajectories.map(() => group)),
    outcome: groups.flatMap(({ shaped }) => shaped.map(({ outcome }) => outcome ?? 0)),
    last: mask.map((row) => row.lastIndexOf(1)),
  };
}

function makeBatch(seed: number) {
  const random = randomStream(seed, 'parity');
  const sizes = Array.from({ length: 12 }, (_, group) => (group === 0 ? 1 : 1 + random.integer(8)));
  const groups = makeGroups(random, sizes, false);
  const equal = makeGroups(random, new Array<number>(8).fill(trlGroupSize), true);
  const batch = padded(groups);
  const matrix = (draw: () => number): Matrix => batch.mask.map((row) => row.map(draw));
  // One log-ratio in twenty is beyond the clamps.
  const far = (): number => (random.integer(20) === 0 ? 60 : 1) * (random.next() - 0.5);
  const logprobs = matrix(() => -3 * random.next());
  const given = {
    ...batch,
    maxTokens,
    values: matrix(() => random.next()),
    greedy: batch.outcome.map(() => random.next()),
    // One trajectory in ten trains on nothing.
    trained: batch.outcome.map(() => (random.integer(10) === 0 ? 0 : 1)),
    advantages: matrix(() => 4 * (random.next() - 0.5)),
    logprobs,
    old: logprobs.map((row) => row.map((value) => value + far())),
    reference: logprobs.map((row) => row.map((value) => value + far())),
    trl: { size: trlGroupSize, outcome: equal.flatMap(({ shaped }) => shaped.map(({ outcome }) => outcome)) },
  };
  return { groups, equal, given };
}
type Batch = ReturnType<typeof makeBatch>;

function ours(groups: readonly ShapedGroup[], name: string, estimator: AdvantageEstimator): Matrix {
  const advantages = estimateAdvantages(groups, { name, estimator });
  return groups.flatMap(({ trajectories }, group) =>
    trajectories.map((trajectory, member) => {
      const flat = flattenSequence(advantagesToTokens(trajectory, advantages[group]?.turns[member] ?? []));
      return Array.from({ length: maxTokens }, (_, token) => flat.advantages[token] ?? 0);
    }),
  );
}

function tokenEstimators({ given }: Batch): Record<string, Matrix> {
  const rewards = given.mask.map((row, member) =>
    row.map((_, token) => (token === given.last[member] ? (given.outcome[member] ?? 0) : 0)),
  );
  return {
    'gae over tokens, before whitening': rewards.map((row, member) =>
      generalizedAdvantages(row, given.values[member] ?? [], given.mask[member] ?? [], 0.99, 0.9),
    ),
    remax: rewards.map((row, member) => remaxAdvantages(row, given.mask[member] ?? [], given.greedy[member] ?? 0)),
  };
}

const clip = { kind: 'ppo-clip', low: 0.2, high: 0.28, dualClip: null } as const;
const losses = {
  'ppo-clip': clip,
  'ppo-clip, dual clip': { ...clip, dualClip: 3 },
  cispo: { kind: 'cispo', low: 0.2, high: 0.2 },
  gspo: { kind: 'gspo', low: 0.2, high: 0.3 },
} as const;

/** The same loss and gradient as peers.py, over the policy tokens alone. */
function ourLoss(name: string, { given }: Batch): Graded {
  const places = given.mask.flatMap((row, member) =>
    row.flatMap((value, token) => (value * (given.trained[member] ?? 0) === 1 ? [{ member, token }] : [])),
  );
  const pick = (matrix: Matrix): number[] => places.map(({ member, token }) => matrix[member]?.[token] ?? NaN);
  const gradient = given.mask.map((row) => row.map(() => 0));
  const spread = (slopes: ArrayLike<number>): Matrix => {
    places.forEach(({ member, token }, place) => {
      (gradient[member] as number[])[token] = slopes[place] ?? NaN;
    });
    return gradient;
  };
  const logprobs = pick(given.logprobs);
  if (name.startsWith('kl ')) {
    const reference = pick(given.reference);
    const parts = logprobs.map((value, token) => klEstimate(name.slice(3) as 'k1', value, reference[token] ?? NaN));
    return {
      loss: parts.reduce((sum, { value }) => sum + value, 0),
      gradient: spread(parts.map(({ slope }) => slope)),
    };
  }
  const [, kind = '', aggregation = ''] = /^(.*) (\S+)$/.exec(name) ?? [];
  // -A logprob is CISPO with a ratio of one: how agg_loss alone is compared.
  const plain = kind === 'agg_loss';
  const objective = {
    ...(plain ? losses.cispo : losses[kind as keyof typeof losses]),
    aggregation,
    kl: { coefficient: 0, estimator: 'k3', reference: 'initial' },
    entropyCoefficient: 0,
  } as Objective;
  const sequences = places.map(({ member }) => member);
  const result = objectiveLoss(
    objective,
    {
      logprobs,
      samplingLogprobs: plain ? logprobs : pick(given.old),
      referenceLogprobs: null,
      advantages: pick(given.advantages),
      sequences,
      entropies: null,
    },
    { tokens: places.length, sequences: new Set(sequences).size, trajectories: given.mask.length, maxTokens },
  );
  return { loss: result.loss, gradient: spread(result.gradients) };
}

interface Differences {
  double: number;
  single: number;
  singleFlat: number;
}
const table = new Map<string, Differences>();
const note = (name: string, column: keyof Differences, difference: number): void => {
  const row = table.get(name) ?? { double: 0, single: 0, singleFlat: 0 };
  // NaN must not pass as the smaller of two numbers.
  row[column] = Number.isNaN(difference) ? Infinity : Math.max(row[column], difference);
  table.set(name, row);
};
const largest = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((most, value, index) => Math.max(most, Math.abs(value - (right[index] ?? NaN)) || 0), 0) +
  (left.length === right.length && [...left, ...right].every(Number.isFinite) ? 0 : NaN);

/** A ratio of e^20 makes losses of 1e8, which no float64 holds to 1e-6. */
const relative = (own: number, theirs: number): number => Math.abs(own - theirs) / Math.max(1, Math.abs(theirs));

function compare(batch: Batch, peers: Peers['results'][number]): void {
  const { groups, equal, given } = batch;
  const token = tokenEstimators(batch);
  const isFlat = (group: ShapedGroup): boolean => new Set(group.shaped.map(({ outcome }) => outcome)).size === 1;
  for (const name of [...Object.keys(estimators), ...Object.keys(token)]) {
    const estimator = estimators[name];
    const mine = estimator ? ours(groups, name, estimator) : (token[name] ?? []);
    mine.forEach((row, member) => {
      const group = groups[given.group[member] ?? -1];
      if (!group) throw new Error(`trajectory ${member} belongs to no group`);
      if (singletonsDiffer.test(name) && group.shaped.length === 1) return;
      note(`verl ${name}`, 'double', largest(row, peers.float64.verl[name]?.[member] ?? []));
      const column = isFlat(group) && group.shaped.length > 1 ? 'singleFlat' : 'single';
      note(`verl ${name}`, column, largest(row, peers.float32.verl[name]?.[member] ?? []));
    });
  }
  for (const scale of ['group', 'none'] as const) {
    const options = { divideByStandardDeviation: scale === 'group', epsilon: 1e-4, singleton: 'zero' };
    const rows = estimateAdvantages(equal, { name: 'grpo', estimator: grpo(options) }).flatMap(({ turns }) => turns);
    rows.forEach((row, member) => {
      const group = equal[Math.floor(member / trlGroupSize)];
      const kept = new Set(group?.shaped.flatMap(({ outcome }) => (outcome === null ? [] : [outcome])));
      const one = [row[0] ?? NaN];
      const name = `TRL grpo, scale_rewards ${scale}`;
      note(name, 'double', largest(one, [peers.float64.trl[scale][member] ?? NaN]));
      note(name, kept.size > 1 ? 'single' : 'singleFlat', largest(one, [peers.float32.trl[scale][member] ?? NaN]));
    });
  }
  for (const [name, theirs] of Object.entries(peers.losses)) {
    const own = ourLoss(name, batch);
    note(`verl ${name}: loss`, 'double', relative(own.loss, theirs.loss));
    const slopes = own.gradient.flat();
    const differences = theirs.gradient.flat().map((slope, index) => relative(slopes[index] ?? NaN, slope));
    note(`verl ${name}: gradient`, 'double', largest(differences, new Array<number>(slopes.length).fill(0)));
  }
}

const python = process.env['TURNWISE_PYTHON'] ?? 'python3';
const seeds = Array.from({ length: Number(process.argv[2] ?? 20) }, (_, index) => index + 1);
const folder = mkdtempSync(join(tmpdir(), 'turnwise-parity-'));
try {
  const batches = seeds.map(makeBatch);
  const [input, output] = [join(folder, 'in.json'), join(folder, 'out.json')];
  writeFileSync(input, JSON.stringify(batches.map(({ given }) => given)));
  execFileSync(python, [fileURLToPath(new URL('./peers.py', import.meta.url)), 'parity', input, output], {
    stdio: 'inherit',
  });
  const peers = JSON.parse(readFileSync(output, 'utf8')) as Peers;
  batches.forEach((batch, index) => {
    const theirs = peers.results[index];
    if (theirs) compare(batch, theirs);
  });
  const cell = (value: number, measured: boolean): string => (measured ? value.toExponential(1) : '');
  const lines = [...table].map(([name, { double, single, singleFlat }]) => {
    const measured = !name.includes(': ');
    return `| ${name} | ${double.toExponential(1)} | ${cell(single, measured)} | ${cell(singleFlat, measured)} |`;
  });
  const trajectories = batches.reduce((sum, { given }) => sum + given.outcome.length, 0);
  process.stdout.write(
    `seeds ${seeds[0]} to ${seeds.at(-1)}, ${trajectories} trajectories, ${JSON.stringify(peers.versions)}\n\n` +
      '| peer and estimator | float64 | float32 | float32, flat groups |\n| --- | --- | --- | --- |\n' +
      `${lines.join('\n')}\n`,
  );
  process.exitCode = [...table.values()].every(({ double }) => double <= 1e-6) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
