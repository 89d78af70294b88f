import { TurnwiseError } from '@turnwise/core';
import type { RemoteModel } from './remote-model.js';
import type { ServerProfile } from './server-profile.js';
import type { Datum, TensorData } from './training-data.js';

/** How a server adds losses up: over the tokens of a datum, and over data. */
export interface MeasuredReduction {
  readonly tokens: 'sum' | 'mean' | 'neither';
  readonly data: 'sum' | 'mean' | 'neither';
}

/**
 * Measures on a model of its own, which nothing is learned by (learning rate 0), how the server reduces losses. The
 * gradient of one datum is compared with that of the datum with three further tokens that have no advantage, and with
 * that of the datum twice:
 *
 *                         further tokens    twice
 *     sum                 1                 2
 *     mean                1/4               1
 *
 * @returns null when the server reports no gradient norm
 */
export async function measureReduction(
  model: RemoteModel,
  profile: Pick<ServerProfile, 'sendWeights'>,
): Promise<MeasuredReduction | null> {
  const norm = async (data: readonly Datum[]): Promise<number | null> => {
    const forward = { data, loss_fn: 'importance_sampling', loss_fn_config: null };
    await model.train('/forward_backward', [{ forward_backward_input: forward }]);
    const still = { learning_rate: 0, beta1: 0.9, beta2: 0.95, eps: 1e-8, weight_decay: 0 };
    const [result] = await model.train('/optim_step', [{ adam_params: still }]);
    return gradientNorm(result);
  };
  const [plain, longer] = [datum(0, profile), datum(3, profile)];
  const one = await norm([plain]);
  if (one === null) return null;
  const [further, twice] = [(await norm([longer])) ?? Number.NaN, (await norm([plain, plain])) ?? Number.NaN];
  return { tokens: nearest(further / one, 1, 1 / 4), data: nearest(twice / one, 2, 1) };
}

/** The L2 norm an optimiser step reports, whatever its prefix. */
export function gradientNorm(result: unknown): number | null {
  const { metrics } = (result ?? {}) as { metrics?: Record<string, unknown> | null };
  const [, norm] = Object.entries(metrics ?? {}).find(([name]) => /grad(ient)?_norm$/u.test(name)) ?? [];
  return typeof norm === 'number' && Number.isFinite(norm) ? norm : null;
}

/** @throws RUN_NOT_TRAINABLE when the server reduces otherwise than its profile says */
export function assertReduction(measured: MeasuredReduction, server: string, { reduction }: ServerProfile): void {
  const expected = reduction === 'sum' ? 'sum' : 'mean';
  if (measured.tokens === expected && measured.data === expected) return;
  const { tokens, data } = measured;
  throw new TurnwiseError(
    'RUN_NOT_TRAINABLE',
    `The server was measured to take the ${tokens} of the losses of a datum's tokens and the ${data} over data, but ${server} takes the ${expected} of both.`,
    {
      where: 'policy.with.server',
      hint:
        tokens === data && tokens !== 'neither'
          ? `Set server to one that takes the ${tokens}: ${tokens === 'sum' ? 'hosted or skyrl-ray' : 'skyrl-jax'}.`
          : 'No profile fits: every update would have another size than asked for.',
    },
  );
}

function nearest(ratio: number, sum: number, mean: number): 'sum' | 'mean' | 'neither' {
  const near = (value: number): boolean => Math.abs(ratio / value - 1) < 0.1;
  return near(sum) ? 'sum' : near(mean) ? 'mean' : 'neither';
}

/** One token to learn from after another, and so many more that the loss counts and that have no advantage. */
function datum(further: number, { sendWeights }: Pick<ServerProfile, 'sendWeights'>): Datum {
  const length = 1 + further;
  const places = Array.from({ length }, (_, place) => place);
  const tensor = (dtype: TensorData['dtype'], data: readonly number[]): TensorData => ({
    data,
    dtype,
    shape: [length],
  });
  return {
    model_input: { chunks: [{ type: 'encoded_text', tokens: places.map((place) => 1 + (place % 2)) }] },
    loss_fn_inputs: {
      target_tokens: tensor(
        'int64',
        places.map((place) => 1 + ((place + 1) % 2)),
      ),
      logprobs: tensor(
        'float32',
        places.map(() => -1),
      ),
      advantages: tensor(
        'float32',
        places.map((place) => (place === 0 ? 1 : 0)),
      ),
      ...(sendWeights
        ? {
            weights: tensor(
              'float32',
              places.map(() => 1),
            ),
          }
        : {}),
    },
  };
}
