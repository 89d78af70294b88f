import type { Objective } from '@turnwise/core';

/** What differs between servers of the same API. */
export interface ServerProfile {
  /**
   * `sum`: losses are added over tokens, data and calls. `mean-of-means`: each datum's loss is divided by its weights'
   * sum, and gradients by the number of data since the last optimiser step.
   */
  readonly reduction: 'sum' | 'mean-of-means';
  /** Whether the loss mask is sent as `weights`; elsewhere zero advantages mask. */
  readonly sendWeights: boolean;
  readonly objectives: readonly Objective['kind'][];
  /** Who clips gradients: the request's `grad_clip_norm`, the server's own configuration, nobody. */
  readonly gradientClip: 'request' | 'server' | 'none';
  /** Whether beta, epsilon and weight decay of the request are used; else the server's configuration decides. */
  readonly adamOfRequest: boolean;
  /** Length of `prompt_logprobs` for a prompt of n tokens: n - 1, or n with a leading null. */
  readonly promptLogprobs: 'n-minus-1' | 'n-null-first';
  /** One `seq_id` for all turns of a trajectory routes them to the same inference engine. */
  readonly stickySampling: boolean;
  /** Whether several forward-backward calls of one update add up to the same gradient. */
  readonly accumulates: boolean;
  /** Whether rank 0 trains all weights. */
  readonly fullFinetune: boolean;
}

export const serverNames = ['skyrl-jax', 'skyrl-ray', 'hosted'] as const;
export type ServerName = (typeof serverNames)[number];

/** The plain meaning of the protocol: sums, the request decides. */
const hosted: ServerProfile = {
  reduction: 'sum',
  sendWeights: false,
  objectives: ['ppo-clip', 'importance-sampling', 'cispo'],
  gradientClip: 'request',
  adamOfRequest: true,
  promptLogprobs: 'n-null-first',
  stickySampling: false,
  accumulates: true,
  fullFinetune: false,
};

export const serverProfiles: Readonly<Record<ServerName, ServerProfile>> = {
  hosted,
  'skyrl-jax': {
    ...hosted,
    reduction: 'mean-of-means',
    sendWeights: true,
    gradientClip: 'none',
    promptLogprobs: 'n-minus-1',
    accumulates: false,
  },
  'skyrl-ray': {
    ...hosted,
    sendWeights: true,
    // `cispo` would be clipped at the server's own widths there.
    objectives: ['ppo-clip', 'importance-sampling'],
    gradientClip: 'server',
    adamOfRequest: false,
    stickySampling: true,
    fullFinetune: true,
  },
};
