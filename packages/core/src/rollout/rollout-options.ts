/** Limits of one trajectory. */
export interface RolloutLimits {
  /** Most policy outputs a trajectory has, at least 1; the last one may not search. */
  readonly maxTurns: number;
  /** Most tokens of one policy output. */
  readonly maxTokensPerTurn: number;
  /** Each passage is cut to this many tokens. */
  readonly maxPassageTokens: number;
  /** Passages are left out, last first, until an observation fits. */
  readonly maxObservationTokens: number;
  /** Passages a search brings. */
  readonly topK: number;
  /** Wall-clock limit of one trajectory in seconds; `null` for none. A trajectory over it is excluded from training. */
  readonly timeoutSeconds: number | null;
}

/** How trajectories are sampled. */
export interface RolloutOptions extends RolloutLimits {
  /** Trajectories per question. */
  readonly groupSize: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** Trajectories in flight at once. */
  readonly concurrency: number;
  /** Wall-clock limit of a group in seconds, from its first trajectory on; absent or `null`: none. */
  readonly groupTimeoutSeconds?: number | null;
  /** What becomes of a group that ran out of time. Default `keep`: those that finished are used, if two did. */
  readonly partialGroups?: 'keep' | 'drop';
}
