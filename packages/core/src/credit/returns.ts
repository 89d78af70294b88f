/** Discounted sums from each turn to the end: G_k = r_k + gamma G_(k+1). `gamma` in [0, 1], default 1. */
export function discountedReturns(rewards: readonly number[], gamma = 1): number[] {
  const returns = [...rewards];
  for (let turn = returns.length - 2; turn >= 0; turn--) {
    returns[turn] = (rewards[turn] ?? 0) + gamma * (returns[turn + 1] ?? 0);
  }
  return returns;
}

/**
 * The same over tokens, where the tokens with mask 0 (observations) are skipped: their reward counts for nothing, their
 * return is 0 and they neither stop nor discount the sum, as in verl's REINFORCE++ (0.9.1). Multiplying the running sum by
 * the mask instead, as verl once did, cuts the return at every observation and leaves all earlier turns with nothing.
 */
export function maskedReturns(rewards: readonly number[], mask: readonly (0 | 1)[], gamma = 1): number[] {
  const returns = rewards.map(() => 0);
  let running = 0;
  for (let token = rewards.length - 1; token >= 0; token--) {
    if (mask[token] !== 1) continue;
    running = (rewards[token] ?? 0) + gamma * running;
    returns[token] = running;
  }
  return returns;
}

/**
 * ReMax: reward-to-go of each unmasked token minus the reward of a greedy rollout of the same prompt.
 * Source: arXiv 2310.10505; verl `compute_remax_outcome_advantage`.
 */
export function remaxAdvantages(rewards: readonly number[], mask: readonly (0 | 1)[], greedyReward: number): number[] {
  return maskedReturns(rewards, mask).map((value, token) => (mask[token] === 1 ? value - greedyReward : 0));
}
