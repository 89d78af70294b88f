import type { PolicyLoss } from '@turnwise/core';

/** Name and configuration of a loss on the wire; the thresholds are bounds of the ratio itself. */
export interface ServerLoss {
  readonly loss_fn: 'ppo' | 'importance_sampling' | 'cispo';
  readonly loss_fn_config: Readonly<Record<string, number>> | null;
}

/** @throws RangeError for gspo, which no profile offers */
export function serverLoss(loss: PolicyLoss): ServerLoss {
  switch (loss.kind) {
    case 'ppo-clip':
      return { loss_fn: 'ppo', loss_fn_config: bounds(loss) };
    case 'cispo':
      return { loss_fn: 'cispo', loss_fn_config: bounds(loss) };
    case 'importance-sampling':
      return { loss_fn: 'importance_sampling', loss_fn_config: null };
    case 'gspo':
      throw new RangeError('no Tinker server is asked for gspo');
  }
}

function bounds({ low, high }: { readonly low: number; readonly high: number }): Record<string, number> {
  return { clip_low_threshold: 1 - low, clip_high_threshold: 1 + high };
}
