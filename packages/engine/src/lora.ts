/** Projections of a layer that an adapter can be put on, by their names in the checkpoint. */
export const loraTargets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
export type LoraTarget = (typeof loraTargets)[number];

/**
 * Low-rank adapters: a frozen projection W acts as W + scale B A with trained B[outputs, rank] and A[rank, inputs].
 * Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models".
 */
export interface LoraConfig {
  /** At least 1. */
  readonly rank: number;
  /** scale = alpha / rank; above 0. */
  readonly alpha: number;
  readonly targets: readonly LoraTarget[];
  /** scale = alpha / sqrt(rank) instead. Kalajdzievski 2023, "A Rank Stabilization Scaling Factor". Default false. */
  readonly rankStabilised?: boolean;
}

export function loraScale({ rank, alpha, rankStabilised = false }: LoraConfig): number {
  return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
}

/** Throws an Error that names the field, its value and what is allowed. */
export function validateLora({ rank, alpha, targets }: LoraConfig): void {
  if (!Number.isInteger(rank) || rank < 1 || rank > 1024) {
    throw new Error(`lora.rank must be a whole number from 1 to 1024, got ${rank}`);
  }
  if (!(alpha > 0 && Number.isFinite(alpha))) throw new Error(`lora.alpha must be a positive number, got ${alpha}`);
  const unknown = targets.find((target) => !loraTargets.includes(target));
  if (unknown !== undefined || targets.length === 0 || new Set(targets).size !== targets.length) {
    const found = JSON.stringify(unknown ?? targets);
    throw new Error(`lora.targets must be one or more of ${loraTargets.join(', ')}, each once, got ${found}`);
  }
}
