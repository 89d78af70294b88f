import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Trajectory, TrajectoryGroup } from '@turnwise/core';
import plugin, { outcomeOptions, outcomeReward } from './index.js';

function trajectory(answer: string | null, extra: Partial<Trajectory> = {}): Trajectory {
  const turn = {
    output: { text: '', tokenIds: [], logprobs: [] },
    action: { kind: 'invalid', reason: 'no-action' },
    observation: null,
  } as const;
  return { id: 'q/0', turns: [turn, turn], answer, stopReason: answer === null ? 'turn-limit' : 'answered', ...extra };
}

const group = (...trajectories: Trajectory[]): TrajectoryGroup => ({
  question: { id: 'q', text: 'Who?', answers: ['Barack Obama', 'Obama'] },
  trajectories,
});
const reward = (answer: string | null, options: object = {}) =>
  outcomeReward(group(trajectory(answer)), outcomeOptions.parse(options))[0];

describe('outcomeReward', () => {
  it('broadcasts the score of the answer to every turn', () => {
    expect(reward('obama.')).toMatchObject({ outcome: 1, correct: true, answered: true, turns: [1, 1] });
    expect(reward('Bush')).toMatchObject({ outcome: 0, correct: false, answered: true, turns: [0, 0] });
    expect(reward(null)).toMatchObject({ outcome: 0, correct: false, answered: false, turns: [0, 0] });
  });

  it('says in words why each turn got what it got', () => {
    expect(reward('obama.')?.reasons).toEqual(new Array(2).fill("1: the final answer's exact-match"));
    expect(reward(null)?.reasons).toEqual(new Array(2).fill('0: no answer was given'));
  });

  it('grades with f1 and contains', () => {
    expect(reward('It was Barack Obama', { metric: 'f1' })).toMatchObject({ correct: false });
    expect(reward('It was Barack Obama', { metric: 'f1' })?.outcome).toBeCloseTo(2 / 3, 12);
    expect(reward('It was Barack Obama', { metric: 'f1', threshold: 0.6 })).toMatchObject({ correct: true });
    expect(reward('It was Barack Obama', { metric: 'contains' })).toMatchObject({ outcome: 1, correct: true });
  });

  it('abstains when infrastructure ended the trajectory', () => {
    const failed = trajectory(null, { failure: { code: 'ROLLOUT_POLICY', message: 'gone' } });
    const [first, second] = outcomeReward(group(failed, trajectory('Obama')), outcomeOptions.parse({}));
    expect(first).toMatchObject({ outcome: null, correct: false, answered: false, turns: [0, 0] });
    expect(first?.reasons?.[0]).toContain('ROLLOUT_POLICY');
    expect(second).toMatchObject({ outcome: 1 });
  });

  it('handles a trajectory without turns', () => {
    expect(outcomeReward(group(trajectory('Obama', { turns: [] })), outcomeOptions.parse({}))[0]?.turns).toEqual([]);
  });

  it('refuses unknown options and agrees with its manifest', () => {
    expect(outcomeOptions.safeParse({ metrics: 'f1' }).success).toBe(false);
    expect(outcomeOptions.safeParse({ threshold: 0 }).success).toBe(false);
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
      turnwise: object;
    };
    expect({ apiVersion: plugin.apiVersion, kind: plugin.kind, id: plugin.id }).toEqual(manifest.turnwise);
    expect(plugin.version).toBe(manifest.version);
  });
});
