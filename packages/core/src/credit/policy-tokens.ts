import type { Trajectory } from '../contract/index.js';

/**
 * Number of tokens the policy produced in each turn. Trajectories without tokens (scripted policies, imported
 * transcripts) count every turn as one, so that estimators that weigh by tokens weigh by turns there.
 */
export function policyTokensByTurn({ turns }: Trajectory): number[] {
  const counts = turns.map(({ output }) => output.tokenIds.length);
  return counts.some((count) => count > 0) ? counts : counts.map(() => 1);
}
