import type { Question } from './question.js';
import type { SearchStatus } from './search-tool.js';

/** Why the policy asked for nothing that can be done. */
export type InvalidReason = 'no-action' | 'empty-query' | 'empty-answer' | 'unclosed-tag';

/** What one policy output asks for. */
export type Action =
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'invalid'; readonly reason: InvalidReason };

/** What the policy produced in one turn. Token ids are kept verbatim; text is never tokenised again. */
export interface PolicyOutput {
  readonly text: string;
  /** Empty for policies without tokens (scripted, imported transcripts). */
  readonly tokenIds: readonly number[];
  /** Natural-log probability of each token under the sampling distribution; same length as `tokenIds`. */
  readonly logprobs: readonly number[];
  /** Updates the policy had had when it wrote this; recorded when rollouts and updates overlap. */
  readonly policyVersion?: number;
}

/** A passage as the observation shows it. */
export interface ObservedHit {
  readonly id: string;
  readonly title?: string;
  readonly text?: string;
  readonly score: number;
}

/** What came back to the policy after a turn: search results, or the correction after an invalid action. */
export interface Observation {
  readonly status: SearchStatus | 'invalid';
  /** The text as the policy saw it, after truncation; without what a chat template writes around it. */
  readonly text: string;
  readonly hits: readonly ObservedHit[];
  /** The observation's own tokens and the chat template's around it, verbatim; empty for policies without tokens. */
  readonly tokenIds?: readonly number[];
}

/** One policy output and what came back. Turns are numbered from 0 in data. */
export interface Turn {
  readonly output: PolicyOutput;
  readonly action: Action;
  /** `null` after an answer, and after the last permitted turn. */
  readonly observation: Observation | null;
}

/** How a trajectory ended. A closed list: every trajectory has exactly one. */
export type StopReason = 'answered' | 'turn-limit' | 'token-limit' | 'context-limit' | 'policy-failed' | 'aborted';

/** One attempt at a question. */
export interface Trajectory {
  /** `<question id>/<index in group>`. */
  readonly id: string;
  readonly prompt?: { readonly text: string; readonly tokenIds: readonly number[] };
  readonly turns: readonly Turn[];
  /** `null` when the policy gave no answer. */
  readonly answer: string | null;
  readonly stopReason: StopReason;
  /** Set when infrastructure, not the policy, ended it: excluded from the group's statistics and never trained on. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The trajectories sampled for one question. */
export interface TrajectoryGroup {
  readonly question: Question;
  readonly trajectories: readonly Trajectory[];
}
