import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type {
  Plugin,
  PluginContext,
  PluginInstances,
  PluginKind,
  ShapedGroup,
  Trajectory,
  TrajectoryGroup,
} from '@turnwise/core';
import folr from '@turnwise/reward-folr';
import tspo from '@turnwise/advantage-tspo';
import outsideReward from '../../examples/reward-first-occurrence/src/index.js';
import outsideAdvantage from '../../examples/advantage-turn-aware/src/index.js';

/** The paper's method written by an outsider, with the public surface alone, against the built-in strategy `tspo`. */
async function create<Kind extends PluginKind>(plugin: unknown, options: unknown): Promise<PluginInstances[Kind]> {
  const definition = plugin as Plugin<Kind>;
  const result = await definition.options['~standard'].validate(options);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return definition.create({ logger: { warn: () => undefined } } as unknown as PluginContext, result.value);
}

const texts = fc.constantFrom('It is Paris.', 'The Paname of old.', 'Nothing.', 'yes', 'parisian', null);
const member: fc.Arbitrary<Trajectory> = fc
  .record({
    observed: fc.array(fc.tuple(texts, fc.constantFrom('ok', 'empty', 'invalid', 'error')), { maxLength: 5 }),
    answer: fc.constantFrom('Paris', 'the paname!', 'Rome', '', null),
    failed: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
  })
  .map(({ observed, answer, failed }) => ({
    id: 'q/0',
    answer,
    stopReason: answer === null ? 'turn-limit' : 'answered',
    turns: observed.map(([text, status]) => ({
      output: { text: 'Paris, I think', tokenIds: [], logprobs: [] },
      action: { kind: 'search' as const, query: 'x' },
      observation: text === null ? null : { status: status as 'ok', text, hits: [] },
    })),
    ...(failed ? { failure: { code: 'ROLLOUT_SEARCH', message: 'down' } } : {}),
  }));
const answers = fc.constantFrom(['Paris'], ['Paris', 'Paname'], ['yes'], ['A'], ['the'], ['Rome', 'no']);
const group: fc.Arbitrary<TrajectoryGroup> = fc
  .tuple(answers, fc.array(member, { minLength: 1, maxLength: 8 }))
  .map(([golds, trajectories]) => ({ question: { id: 'q', text: 'Which?', answers: golds }, trajectories }));

const alpha = fc.double({ min: 0, max: 0.99, noNaN: true });
const occasion = { signal: new AbortController().signal, step: null };

describe('TSPO as an outside plugin', () => {
  it('rewards and credits like the built-in, to 1e-12', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 4 }), alpha, async (groups, value) => {
        const own = await create<'reward'>(outsideReward, { alpha: value });
        const builtIn = await create<'reward'>(folr, { alpha: value });
        const ownShaped: ShapedGroup[] = [];
        const builtInShaped: ShapedGroup[] = [];
        for (const one of groups) {
          ownShaped.push({ ...one, shaped: await own.shape(one, occasion) });
          builtInShaped.push({ ...one, shaped: await builtIn.shape(one, occasion) });
        }
        const parts = (shaped: readonly ShapedGroup[]) =>
          shaped.map((one) =>
            one.shaped.map(({ outcome, correct, answered, firstOccurrence, turns }) => ({
              outcome,
              correct,
              answered,
              firstOccurrence,
              turns,
            })),
          );
        expect(parts(ownShaped)).toEqual(parts(builtInShaped));
        const estimated = (await create<'advantage'>(outsideAdvantage, {})).estimate(ownShaped);
        const expected = (await create<'advantage'>(tspo, { allWrongScale: 0.5 })).estimate(builtInShaped);
        expected.forEach(({ composition, level, turns }, index) => {
          expect(estimated[index]).toMatchObject({ composition, level });
          turns.forEach((row, trajectory) =>
            row.forEach((advantage, turn) => {
              const other = estimated[index]?.turns[trajectory]?.[turn] ?? NaN;
              expect(Math.abs(other - advantage)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(advantage)));
              if (advantage !== 0) compared++;
            }),
          );
        });
      }),
      { seed: 61, numRuns: 400 },
    );
    // A comparison of zeros alone would prove nothing.
    expect(compared).toBeGreaterThan(1000);
  });
});
