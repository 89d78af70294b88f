import type { NamedEstimator, SearchTool, WeightedShaper } from '@turnwise/core';

/** A strategy that is ready: its rewards and its advantage estimator. */
export interface CreditStrategy {
  readonly rewards: readonly WeightedShaper[];
  readonly advantage: NamedEstimator;
}

/** The strategies a service can be asked for. */
export interface CreditStrategies {
  readonly names: readonly string[];
  /** The one of a request that names none. */
  readonly defaultName: string;
  /** Called with one of `names`; a strategy is made once and kept. */
  open(name: string): Promise<CreditStrategy>;
}

/** What a service offers. Routes of what is absent do not exist. */
export interface Services {
  readonly search?: SearchTool;
  readonly credit?: CreditStrategies;
}
