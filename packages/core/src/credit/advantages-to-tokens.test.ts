import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Trajectory, Turn } from '../contract/index.js';
import { advantagesToTokens } from './advantages-to-tokens.js';
import { flattenSequence, policyTokenCount } from './flatten-sequence.js';

function turn(tokens: number, observed: number[] | null, logprobs = tokens): Turn {
  return {
    output: {
      text: 'x',
      tokenIds: Array.from({ length: tokens }, (_, index) => 10 + index),
      logprobs: new Array<number>(logprobs).fill(-0.5),
    },
    action: { kind: 'search', query: 'x' },
    observation: observed && { status: 'ok', text: observed.length > 0 ? 'seen' : '', hits: [], tokenIds: observed },
  };
}

const trajectory = (turns: Turn[], prompt: number[] = [1, 2]): Trajectory => ({
  id: 'q/0',
  prompt: { text: 'p', tokenIds: prompt },
  turns,
  answer: null,
  stopReason: 'answered',
});

describe('advantagesToTokens', () => {
  it('copies each advantage to the tokens of its turn and to no other', () => {
    const sequence = advantagesToTokens(trajectory([turn(2, [90, 91, 92]), turn(1, null)]), [0.5, -1]);
    expect(sequence).toEqual({
      trajectoryId: 'q/0',
      spans: [
        { owner: 'prompt', tokenIds: [1, 2] },
        { owner: 'policy', tokenIds: [10, 11], logprobs: [-0.5, -0.5], advantage: 0.5 },
        { owner: 'observation', tokenIds: [90, 91, 92] },
        { owner: 'policy', tokenIds: [10], logprobs: [-0.5], advantage: -1 },
      ],
    });
    expect(flattenSequence(sequence)).toEqual({
      tokenIds: Int32Array.of(1, 2, 10, 11, 90, 91, 92, 10),
      mask: Uint8Array.of(0, 0, 1, 1, 0, 0, 0, 1),
      advantages: Float64Array.of(0, 0, 0.5, 0.5, 0, 0, 0, -1),
      logprobs: Float64Array.of(0, 0, -0.5, -0.5, 0, 0, 0, -0.5),
    });
  });

  it('gives nothing to prompt and observation, whatever the shape', () => {
    const shape = fc.array(fc.tuple(fc.nat(6), fc.option(fc.array(fc.nat(99), { maxLength: 5 }))), { maxLength: 8 });
    fc.assert(
      fc.property(shape, fc.array(fc.nat(9), { maxLength: 5 }), (turns, prompt) => {
        const advantages = turns.map((_, index) => index + 1);
        const sequence = advantagesToTokens(
          trajectory(
            turns.map(([tokens, observed]) => turn(tokens, observed)),
            prompt,
          ),
          advantages,
        );
        const { tokenIds, mask, advantages: paid, logprobs } = flattenSequence(sequence);
        expect([mask.length, paid.length, logprobs.length]).toEqual(new Array(3).fill(tokenIds.length));
        expect(policyTokenCount(sequence)).toBe(mask.filter((bit) => bit === 1).length);
        const credited = [...paid].filter((_, index) => mask[index] === 1);
        expect(credited).toEqual(turns.flatMap(([tokens], index) => new Array<number>(tokens).fill(index + 1)));
        expect([...paid].every((value, index) => mask[index] === 1 || value === 0)).toBe(true);
        const all = turns.flatMap(([tokens, observed]) => [...turn(tokens, null).output.tokenIds, ...(observed ?? [])]);
        expect([...tokenIds]).toEqual([...prompt, ...all]);
        expect(sequence.spans.every((span) => span.tokenIds.length > 0)).toBe(true);
      }),
      { seed: 31 },
    );
  });

  it('refuses missing advantages, log-probabilities and observation tokens', () => {
    expect(() => advantagesToTokens(trajectory([turn(1, null)]), [])).toThrow(/0 advantages for 1 turns/);
    expect(() => advantagesToTokens(trajectory([turn(2, null, 1)]), [1])).toThrow(
      /turn 0: 1 log-probabilities for 2 tokens/,
    );
    const untokenised: Turn = { ...turn(1, null), observation: { status: 'ok', text: 'seen', hits: [] } };
    expect(() => advantagesToTokens(trajectory([untokenised]), [1])).toThrow(/observation has text but no tokens/);
  });

  it('asks for no tokens of an observation without text', () => {
    const silent: Turn = { ...turn(1, null), observation: { status: 'empty', text: '', hits: [] } };
    expect(advantagesToTokens(trajectory([silent], []), [1]).spans.map(({ owner }) => owner)).toEqual(['policy']);
  });

  it('accepts trajectories without tokens and without turns', () => {
    const scripted: Turn = { ...turn(0, null), observation: { status: 'ok', text: 'seen', hits: [] } };
    expect(advantagesToTokens(trajectory([scripted], []), [1]).spans).toEqual([]);
    expect(advantagesToTokens({ ...trajectory([]), prompt: { text: '', tokenIds: [] } }, []).spans).toEqual([]);
  });
});
