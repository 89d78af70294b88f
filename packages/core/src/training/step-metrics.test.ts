import { describe, expect, it } from '@jest/globals';
import type { LossMetrics, OptimizerMetrics, Trajectory, Turn } from '../contract/index.js';
import type { SampledGroup, StepSample } from './sample-step.js';
import {
  evaluationMetrics,
  heldOutScores,
  questionMetrics,
  sampleMetrics,
  stalenessMetrics,
  updateMetrics,
} from './step-metrics.js';
import { QuestionLedger } from './question-ledger.js';

function turn(kind: 'search' | 'invalid' | 'answer', logprobs: readonly number[], policyVersion?: number): Turn {
  const actions = {
    search: { kind, query: 'x' },
    invalid: { kind, reason: 'no-action' },
    answer: { kind, text: 'x' },
  } as const;
  const tokenIds = logprobs.map(() => 7);
  return {
    output: { text: '', tokenIds, logprobs, ...(policyVersion === undefined ? {} : { policyVersion }) },
    action: actions[kind] as Turn['action'],
    observation: null,
  };
}

/** A group of one trajectory. */
function sampled(turns: readonly Turn[], advantage: number, extra: Partial<SampledGroup> = {}): SampledGroup {
  const trajectory: Trajectory = { id: 'q/0', turns, answer: 'x', stopReason: 'answered' };
  return {
    group: {
      question: { id: 'q', text: 'Which?', answers: ['Paris'] },
      trajectories: [trajectory],
      shaped: [{ outcome: 1, correct: true, turns: turns.map(() => 1) }],
    },
    advantages: { composition: 'all-correct', level: 'turn', turns: [turns.map(() => advantage)] },
    round: 1,
    leftOut: null,
    fault: null,
    ...extra,
  };
}

const sampleOf = (...groups: SampledGroup[]): StepSample => ({ groups, rounds: 3, rolloutSeconds: 1 });

describe('sampleMetrics', () => {
  const groups = [
    sampled([turn('search', [-1, -2]), turn('answer', [-3])], 1),
    sampled([turn('invalid', [-2])], 0),
    sampled([turn('search', [])], 0, { leftOut: 'dead' }),
    sampled([turn('answer', [-2])], 1, { leftOut: 'surplus' }),
    sampled([turn('invalid', [-100]), turn('invalid', [-100])], 0, { leftOut: 'faulty', fault: 'NaN' }),
  ];

  it('counts turns, actions and tokens of everything that was scored', () => {
    const keep = { policy: 'keep', countInDenominators: true, regularise: true } as const;
    const metrics = sampleMetrics(sampleOf(...groups), keep);
    expect(metrics).toMatchObject({
      'rollout/turns-mean': 5 / 4,
      'rollout/search-rate': 2 / 5,
      'rollout/invalid-rate': 1 / 5,
      'rollout/tokens': 5,
      'update/entropy': 2,
      'groups/dead': 0.5,
    });
    expect(metrics).not.toHaveProperty('rollout/rounds');
    expect(sampleMetrics(sampleOf(), keep)).toMatchObject({
      'rollout/turns-mean': 0,
      'rollout/search-rate': 0,
      'rollout/tokens': 0,
      'update/entropy': 0,
    });
  });

  it('says what became of groups where dead ones are not kept', () => {
    expect(sampleMetrics(sampleOf(...groups), { policy: 'mask' })).toMatchObject({
      'rollout/rounds': 3,
      'groups/sampled-count': 5,
      'groups/trained-count': 1,
      'groups/masked-count': 1,
      'groups/dropped-count': 1,
      'groups/surplus-count': 1,
    });
  });

  it('counts faults of the step, and questions set aside', () => {
    const record = { visits: 1, lastStep: 1, success: 0, signal: 1, faults: ['x'], quarantinedAt: 1 };
    const ledger = new QuestionLedger([
      ['q', record],
      ['r', record],
    ]);
    expect(questionMetrics(sampleOf(...groups), ledger)).toEqual({ 'questions/faulty': 1, 'questions/quarantined': 2 });
  });
});

it('says how far samples lie behind, of turns that know', () => {
  const stale = sampled([turn('search', [-1], 2), turn('search', [-1], 5), turn('answer', [-1])], 1);
  expect(stalenessMetrics(sampleOf(stale, sampled([turn('answer', [-1], 5)], 1)), 5)).toEqual({
    'rollout/staleness-mean': 1,
    'rollout/staleness-max': 3,
  });
  expect(stalenessMetrics(sampleOf(sampled([turn('answer', [-1])], 1)), 5)).toEqual({
    'rollout/staleness-mean': 0,
    'rollout/staleness-max': 0,
  });
});

it('takes the means over the updates of a batch, and the weights of the first', () => {
  const loss = (value: number, weight?: number) =>
    ({
      ...{ loss: value, kl: 2 * value, clipFraction: value / 8 },
      ...(weight === undefined ? {} : { importance: { weight, truncated: weight / 2 } }),
    }) as LossMetrics;
  const update = (gradientNorm: number) => ({ gradientNorm }) as OptimizerMetrics;
  expect(updateMetrics([loss(1), loss(3)], [update(4), update(8)])).toEqual({
    'update/loss': 2,
    'update/kl': 4,
    'update/clip-fraction': 0.25,
    'update/gradient-norm': 6,
  });
  expect(updateMetrics([loss(1, 0.5), loss(1, 0.1)], [update(1), update(1)])).toMatchObject({
    'update/importance-weight': 0.5,
    'update/importance-truncated': 0.25,
  });
  expect(new Set(Object.values(updateMetrics([], [])))).toEqual(new Set([0]));
});

describe('held-out scores', () => {
  const scores = { exactMatch: 0.5, f1: 0.6, goldRetrieved: 0.7, turnsMean: 2.5, unanswered: 0.1 };

  it('are metrics and back, with what some policies and data add', () => {
    const metrics = evaluationMetrics(scores);
    expect(metrics).toEqual({
      'eval/exact-match': 0.5,
      'eval/f1': 0.6,
      'eval/gold-retrieved': 0.7,
      'eval/turns-mean': 2.5,
      'eval/unanswered': 0.1,
    });
    expect(heldOutScores(metrics)).toEqual(scores);
    const all = { ...scores, coverMatch: 0.8, supportingRecall: 0.9, invalidRate: 0.2, failures: 3 };
    expect(evaluationMetrics(all)).toMatchObject({
      'eval/cover-match': 0.8,
      'eval/supporting-recall': 0.9,
      'eval/invalid-rate': 0.2,
      'eval/failures': 3,
    });
    expect(evaluationMetrics({ ...scores, supportingRecall: null, failures: 0 })).toEqual(metrics);
  });

  it('are none in the line of a step that was not evaluated', () => {
    expect(heldOutScores({ 'update/loss': 1 })).toBeNull();
    for (const key of Object.keys(evaluationMetrics(scores))) {
      const { [key]: _left, ...rest } = evaluationMetrics(scores);
      expect(heldOutScores(rest)).toBeNull();
    }
  });
});
