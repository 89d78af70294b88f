import type { GroupAdvantages } from '../contract/index.js';

/**
 * What becomes of dead groups, those in which every advantage is zero. Whether a group is dead is asked of its turn
 * advantages, after shaping and by the configured strategy: an all-wrong group with a near-miss is dead to GRPO and
 * alive to TSPO, and a filter that looked at outcomes (DAPO's dynamic sampling, arXiv 2503.14476) would delete exactly
 * what TSPO learns from.
 *
 * - `keep` (default): they stay. Their policy gradient is zero, but `countInDenominators` (default true) divides the
 *   loss by their tokens and trajectories too, which dilutes the others; and `regularise` (default true) applies KL
 *   penalty and entropy bonus to their tokens, which moves weights.
 * - `mask`: out of loss, KL, entropy and every denominator; estimators that look at the whole batch saw them.
 * - `drop`: as if never sampled: out of the batch, and the advantages of the others are estimated without them.
 * - `refill`: dropped, and further questions are asked until there are `questionsPerStep` live groups, at most
 *   `maxRounds` (default 4, at least 2) rounds in all. Live groups beyond that number, the last asked, are left out.
 *   What is live after the last round is trained on, however little.
 *
 * A step of which nothing is left to divide by makes no update; with `keep` only when nothing counts.
 */
export type DeadGroups =
  | { readonly policy: 'keep'; readonly countInDenominators: boolean; readonly regularise: boolean }
  | { readonly policy: 'mask' }
  | { readonly policy: 'drop' }
  | { readonly policy: 'refill'; readonly maxRounds: number };

/** Whether nothing is learned from a group: every advantage is exactly zero. */
export function isDead({ turns }: GroupAdvantages): boolean {
  return turns.every((advantages) => advantages.every((advantage) => advantage === 0));
}
