import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Observation, PluginContext, Trajectory, TrajectoryGroup } from '@turnwise/core';
import plugin, { firstOccurrenceLatentReward, folrOptions } from './index.js';

/** A trajectory whose turns return these texts (`null`: no observation), and its answer. */
function trajectory(
  texts: (string | null | Partial<Observation>)[],
  answer: string | null,
  extra: Partial<Trajectory> = {},
): Trajectory {
  return {
    id: 'q/0',
    answer,
    stopReason: answer === null ? 'turn-limit' : 'answered',
    turns: texts.map((text) => ({
      output: { text: 'thinking', tokenIds: [], logprobs: [] },
      action: { kind: 'search', query: 'x' },
      observation:
        text === null ? null : { status: 'ok', text: '', hits: [], ...(typeof text === 'string' ? { text } : text) },
    })),
    ...extra,
  };
}

const question = { id: 'q', text: 'Which city?', answers: ['Paris', 'Paname'] };
const group = (...trajectories: Trajectory[]): TrajectoryGroup => ({ question, trajectories });
const reward = (member: Trajectory, options: object = {}) =>
  firstOccurrenceLatentReward(group(member), folrOptions.parse(options))[0];
const turnsOf = (member: Trajectory, options: object = {}) => reward(member, options)?.turns;

const gold = 'It is Paris.';
const none = 'Nothing.';
const nearMiss = trajectory([none, none, gold, gold, null], 'Rome');

describe('firstOccurrenceLatentReward', () => {
  it('pays the turns up to the first occurrence, that turn alone, or with decay', () => {
    expect(turnsOf(nearMiss)).toEqual([0.5, 0.5, 0.5, 0, 0]);
    expect(turnsOf(nearMiss, { credit: 'at', alpha: 0.3 })).toEqual([0, 0, 0.3, 0, 0]);
    expect(turnsOf(nearMiss, { credit: 'decay', alpha: 0.8, decay: 0.5 })).toEqual([0.2, 0.4, 0.8, 0, 0]);
    expect(reward(nearMiss)).toMatchObject({ outcome: 0, correct: false, answered: true, firstOccurrence: 2 });
  });

  it('pays any alias, and nothing where gold was never seen', () => {
    expect(turnsOf(trajectory(['old Paname', null], 'Rome'))).toEqual([0.5, 0]);
    expect(reward(trajectory([none, null], 'Rome'))).toMatchObject({ turns: [0, 0], firstOccurrence: null });
  });

  it('pays a right answer its outcome and no alpha', () => {
    const right = trajectory([none, gold, null], 'Paris');
    expect(turnsOf(right)).toEqual([1, 1, 1]);
    expect(turnsOf(right, { correctReward: 'from-first-occurrence' })).toEqual([1, 1, 0]);
    expect(turnsOf(right, { correctReward: 'last-turn' })).toEqual([0, 0, 1]);
    const fromMemory = trajectory([none, null], 'Paris');
    expect(turnsOf(fromMemory, { correctReward: 'from-first-occurrence' })).toEqual([1, 1]);
    expect(reward(fromMemory)).toMatchObject({ correct: true, firstOccurrence: null });
  });

  it('withholds the latent reward from a trajectory that gave no answer', () => {
    const unanswered = trajectory([none, gold], null);
    expect(reward(unanswered)).toMatchObject({ correct: false, turns: [0, 0], firstOccurrence: 1, answered: false });
    expect(turnsOf(unanswered, { requireAnswer: false })).toEqual([0.5, 0.5]);
    expect(reward(unanswered)?.reasons?.[1]).toBe('0: gold seen in turn 1, but no answer was given');
  });

  it('keeps a graded outcome beside the latent reward', () => {
    const partly = trajectory([gold, null], 'Paris in Texas');
    expect(reward(partly, { metric: 'f1' })).toMatchObject({ outcome: 0.5, correct: false, turns: [0.5, 0] });
    expect(reward(partly, { metric: 'f1', threshold: 0.5 })).toMatchObject({
      outcome: 0.5,
      correct: true,
      turns: [0.5, 0.5],
    });
  });

  it('ignores corrections and results the policy did not see', () => {
    expect(turnsOf(trajectory([{ status: 'invalid', text: gold }, null], 'Rome'))).toEqual([0, 0]);
    const cut = trajectory([{ text: 'It is', hits: [{ id: 'p', text: gold, score: 1 }] }, null], 'Rome');
    expect(turnsOf(cut)).toEqual([0, 0]);
    expect(turnsOf(cut, { observationText: 'hits' })).toEqual([0.5, 0]);
  });

  it('applies the guards', () => {
    const yes = {
      question: { id: 'q', text: 'Is it?', answers: ['yes'] },
      trajectories: [trajectory(['yes', null], 'no')],
    };
    expect(firstOccurrenceLatentReward(yes, folrOptions.parse({}))[0]?.turns).toEqual([0, 0]);
    const open = folrOptions.parse({ guards: { ignoreYesNo: false } });
    expect(open.guards.minChars).toBe(2);
    expect(firstOccurrenceLatentReward(yes, open)[0]?.turns).toEqual([0.5, 0]);
  });

  it('abstains when infrastructure ended the trajectory', () => {
    const failed = trajectory([gold], null, { failure: { code: 'ROLLOUT_SEARCH', message: 'down' } });
    expect(reward(failed, { requireAnswer: false })).toMatchObject({ outcome: null, correct: false, turns: [0] });
  });

  it('handles one turn, no turn and 10,000 turns', () => {
    expect(turnsOf(trajectory([gold], 'Rome'))).toEqual([0.5]);
    expect(turnsOf(trajectory([], 'Rome'))).toEqual([]);
    const long = trajectory([...new Array<string>(9_999).fill(none), gold], 'Rome');
    expect(turnsOf(long)?.reduce((sum, value) => sum + value, 0)).toBe(5_000);
  });

  it('says in words why each turn got what it got', () => {
    expect(reward(trajectory([none, gold, null], 'Rome'))?.reasons).toEqual([
      '0.5: the answer is wrong, but leads to gold "Paris" first seen in turn 1',
      '0.5: the answer is wrong, but gold "Paris" first seen in turn 1',
      '0: the answer is wrong, after gold "Paris" first seen in turn 1',
    ]);
  });

  const anyMember = fc
    .tuple(fc.array(fc.constantFrom(gold, none, null), { maxLength: 6 }), fc.constantFrom('Paris', 'Rome', null))
    .map(([texts, answer]) => trajectory(texts, answer));

  it('is linear in alpha for wrong trajectories, and blind to alpha for right ones', () => {
    fc.assert(
      fc.property(
        anyMember,
        fc.constantFrom('at', 'prefix', 'decay'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (member, credit, alpha) => {
          const full = reward(member, { credit, alpha: 1 });
          const scaled = reward(member, { credit, alpha });
          scaled?.turns.forEach((value, turn) => {
            expect(value).toBeCloseTo((full?.turns[turn] ?? NaN) * (full?.correct ? 1 : alpha), 12);
          });
        },
      ),
      { seed: 51 },
    );
  });

  it('prefix is the return-to-go of at', () => {
    fc.assert(
      fc.property(anyMember, (member) => {
        const { correct, turns = [] } = reward(member, { credit: 'at' }) ?? {};
        fc.pre(!correct);
        const toGo = turns.map((_, turn) => turns.slice(turn).reduce((sum, value) => sum + value, 0));
        expect(turnsOf(member, { credit: 'prefix' })).toEqual(toGo);
      }),
      { seed: 52 },
    );
  });

  it('scores each trajectory by itself, in order', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 5 }), (members) => {
        const options = folrOptions.parse({});
        const together = firstOccurrenceLatentReward(group(...members), options);
        expect(together).toEqual(members.map((member) => firstOccurrenceLatentReward(group(member), options)[0]));
      }),
      { seed: 53 },
    );
  });
});

describe('the plugin', () => {
  it('warns about alpha 1 and only then', async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => warnings.push(message) };
    const context = { logger } as unknown as PluginContext;
    await plugin.create(context, folrOptions.parse({ alpha: 0.99 }));
    expect(warnings).toEqual([]);
    await plugin.create(context, folrOptions.parse({ alpha: 1 }));
    expect(warnings).toHaveLength(1);
  });

  it('refuses unknown options and agrees with its manifest', () => {
    for (const options of [{ alphas: 1 }, { alpha: 1.1 }, { credit: 'before' }, { guards: { minchars: 2 } }]) {
      expect(folrOptions.safeParse(options).success).toBe(false);
    }
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
      turnwise: object;
    };
    expect({ apiVersion: plugin.apiVersion, kind: plugin.kind, id: plugin.id }).toEqual(manifest.turnwise);
    expect(plugin.version).toBe(manifest.version);
  });
});
