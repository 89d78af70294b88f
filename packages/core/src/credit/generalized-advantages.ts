/**
 * Generalised advantage estimation over turns or tokens, skipping those with mask 0 (observations):
 *
 *     delta_t = r_t + gamma V_next - V_t,   A_t = delta_t + gamma lambda A_next
 *
 * where "next" is the next entry with mask 1, and both are 0 after the last one. Masked entries get 0, whatever their
 * value estimate is. Needs the estimates of a critic, which no plugin of this project trains.
 *
 * @param values V of each entry, same length as `rewards`
 * @param mask 1 for what the policy produced; default all 1
 * @param gamma discount in [0, 1]; default 1
 * @param lambda in [0, 1]; 1 is the return minus the value, 0 the one-step difference
 * Source: arXiv 1506.02438, equation 16; verl `compute_gae_advantage_return`, before its whitening.
 */
export function generalizedAdvantages(
  rewards: readonly number[],
  values: readonly number[],
  mask: readonly (0 | 1)[] = rewards.map(() => 1),
  gamma = 1,
  lambda = 0.95,
): number[] {
  const advantages = rewards.map(() => 0);
  let nextValue = 0;
  let nextAdvantage = 0;
  for (let entry = rewards.length - 1; entry >= 0; entry--) {
    if (mask[entry] !== 1) continue;
    const value = values[entry] ?? 0;
    nextAdvantage = (rewards[entry] ?? 0) + gamma * nextValue - value + gamma * lambda * nextAdvantage;
    advantages[entry] = nextAdvantage;
    nextValue = value;
  }
  return advantages;
}
