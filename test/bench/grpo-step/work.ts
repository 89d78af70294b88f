import type { Times } from '../engine/contender.js';

/** What a step is made of, and how many are made. */
export interface StepWork {
  readonly questions: number;
  readonly rollouts: number;
  readonly promptTokens: number;
  readonly newTokens: number;
  readonly steps: number;
}

/** A trainer that makes one step when told to and waits. */
export interface SteppedTrainer {
  readonly name: string;
  step(): Promise<Times>;
  /** Ends it; resolves to what is known of the software. */
  close(): Promise<Record<string, unknown>>;
}
