import { afterEach, describe, expect, it } from '@jest/globals';
import { createTinkerServer, type TinkerServer } from './testing/tinker-server.js';
import { bumpy, openPolicy, plain } from './tinker.fixture.js';

let server: TinkerServer;
afterEach(() => server.close());

describe('a trajectory of three turns on the wire', () => {
  const sequences = [
    {
      trajectoryId: 'q/0',
      spans: [
        { owner: 'prompt' as const, tokenIds: [1, 2] },
        { owner: 'policy' as const, tokenIds: [3, 4], logprobs: [-0.1, -0.2], advantage: 1 },
        { owner: 'observation' as const, tokenIds: [5] },
        { owner: 'policy' as const, tokenIds: [6], logprobs: [-0.3], advantage: -0.5 },
        { owner: 'observation' as const, tokenIds: [7, 8] },
        { owner: 'policy' as const, tokenIds: [9, 10], logprobs: [-0.4, -0.5], advantage: 2 },
      ],
    },
    // No advantage: not sent, but its 5 tokens are in the denominator, 10 in all.
    {
      trajectoryId: 'q/1',
      spans: [
        { owner: 'prompt' as const, tokenIds: [1] },
        { owner: 'policy' as const, tokenIds: [2, 3, 4, 5, 6], logprobs: [-1, -1, -1, -1, -1], advantage: 0 },
      ],
    },
  ];
  const batch = { sequences, temperature: 1, maxTokens: 20 };
  /** One entry for each token after the first: what comes next, by hand. */
  const expected = {
    input: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    target: [2, 3, 4, 5, 6, 7, 8, 9, 10],
    mask: [0, 1, 1, 0, 1, 0, 0, 1, 1],
    logprobs: [0, -0.1, -0.2, 0, -0.3, 0, 0, -0.4, -0.5],
    // advantage / 10 tokens
    sum: [0, 0.1, 0.1, 0, -0.05, 0, 0, 0.2, 0.2],
    // times 5 policy tokens of the datum, times 1 datum
    means: [0, 0.5, 0.5, 0, -0.25, 0, 0, 1, 1],
  };

  it.each([
    ['hosted', expected.sum, false],
    ['skyrl-ray', expected.sum, true],
    ['skyrl-jax', expected.means, true],
  ] as const)(
    '%s gets tokens, masks, log-probabilities and advantages as worked by hand',
    async (name, scaled, masked) => {
      const reduction = name === 'skyrl-jax' ? 'mean-of-means' : 'sum';
      server = await createTinkerServer({ vocabulary: 12, initialLogits: bumpy, reduction });
      const { policy } = await openPolicy(server.url, { server: name });
      await policy.forwardBackward(batch, { ...plain, kind: 'ppo-clip', low: 0.2, high: 0.3, dualClip: null });
      await policy[Symbol.asyncDispose]();
      const [sent] = server.arrivals.filter(({ path }) => path === '/forward_backward');
      const tensor = (dtype: string, data: readonly number[]) => ({ dtype, shape: [9], data });
      expect(sent?.body).toEqual({
        model_id: expect.any(String) as unknown,
        seq_id: 1,
        forward_backward_input: {
          loss_fn: 'ppo',
          loss_fn_config: { clip_low_threshold: 0.8, clip_high_threshold: 1.3 },
          data: [
            {
              model_input: { chunks: [{ type: 'encoded_text', tokens: expected.input }] },
              loss_fn_inputs: {
                target_tokens: tensor('int64', expected.target),
                logprobs: tensor('float32', expected.logprobs),
                advantages: tensor(
                  'float32',
                  scaled.map((value) => expect.closeTo(value, 12) as unknown as number),
                ),
                ...(masked ? { weights: tensor('float32', expected.mask) } : {}),
              },
            },
          ],
        },
      });
    },
  );
});
