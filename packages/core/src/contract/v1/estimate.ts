/** What a run is going to ask of its policy, known from the configuration before anything is created. */
export interface Workload {
  /** Trajectories of one training step. */
  readonly trajectories: number;
  /** Most tokens the policy writes in one trajectory. */
  readonly policyTokens: number;
  /** Whether the objective holds the policy against what it was before training. */
  readonly reference: boolean;
}

/** Memory a plugin is going to take. */
export interface MemoryEstimate {
  /** What for, and the most bytes; in all their sum. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
  /** Bytes of it that are taken whatever the run does: what the plugin needs to be made at all. */
  readonly leastBytes: number;
  /** What the plugin may take; null when only the machine limits it. */
  readonly limitBytes: number | null;
  /** What could be set otherwise so that it fits, each with what it then takes. Empty when it fits, or nothing helps. */
  readonly remedies: readonly string[];
  /** What the numbers leave out. */
  readonly notes?: readonly string[];
}
