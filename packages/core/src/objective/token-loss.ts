import type { PolicyLoss } from '../contract/index.js';
import type { ValueAndSlope } from './kl.js';

/** Loss of one token and whether a clip cut its gradient or its weight. */
export interface TokenLoss extends ValueAndSlope {
  readonly clipped: boolean;
}

/** verl clamps the log-ratio here, so that the ratio stays finite; beyond it the slope is 0. */
const largestLogRatio = 20;
/** verl's upper bound of the log of GSPO's ratio. */
const largestSequenceLogRatio = 10;

/**
 * Loss of one policy token and its derivative by the token's log-probability. With A the advantage,
 * rho = exp(logprob - logprob at sampling time):
 *
 *     ppo-clip              max(-A rho, -A clip(rho, 1 - low, 1 + high)); with dual clip c > 1, for A < 0 at most -A c
 *     importance-sampling   -A rho
 *     cispo                 -clip(rho, 1 - low, 1 + high) A logprob, the clipped ratio held constant
 *     gspo                  as ppo-clip without dual clip, with s = exp(mean log rho of the sequence) in place of rho
 *
 * GSPO's token form takes s for every token of the sequence and lets its gradient flow through that token's own
 * logprob, so ds/dlogprob = s; with equal advantages in a sequence it is the gradient of the sequence form.
 *
 * Sources: PPO (arXiv 1707.06347, equation 7); dual clip (arXiv 1912.09729); clip-higher DAPO (arXiv
 * 2503.14476); CISPO (arXiv 2506.13585); GSPO (arXiv 2507.18071, GSPO-token).
 *
 * @param sequenceLogRatio mean log-ratio over the policy tokens of the token's sequence; read by gspo only
 */
export function tokenLoss(
  loss: PolicyLoss,
  advantage: number,
  logprob: number,
  samplingLogprob: number,
  sequenceLogRatio: number,
): TokenLoss {
  if (loss.kind === 'gspo') {
    const bounded = Math.min(sequenceLogRatio, largestSequenceLogRatio);
    return clipped(advantage, Math.exp(bounded), bounded === sequenceLogRatio, loss.low, loss.high, null);
  }
  const logRatio = logprob - samplingLogprob;
  const bounded = Math.min(Math.max(logRatio, -largestLogRatio), largestLogRatio);
  const ratio = Math.exp(bounded);
  const moves = bounded === logRatio;
  switch (loss.kind) {
    case 'importance-sampling':
      return { value: -advantage * ratio, slope: moves ? -advantage * ratio : 0, clipped: false };
    case 'cispo': {
      const held = Math.min(Math.max(ratio, 1 - loss.low), 1 + loss.high);
      return { value: -held * advantage * logprob, slope: -held * advantage, clipped: held !== ratio };
    }
    case 'ppo-clip':
      return clipped(advantage, ratio, moves, loss.low, loss.high, loss.dualClip);
  }
}

function clipped(
  advantage: number,
  ratio: number,
  moves: boolean,
  low: number,
  high: number,
  dualClip: number | null,
): TokenLoss {
  const free = -advantage * ratio;
  const bounded = -advantage * Math.min(Math.max(ratio, 1 - low), 1 + high);
  if (dualClip !== null && advantage < 0 && Math.max(free, bounded) > -advantage * dualClip) {
    return { value: -advantage * dualClip, slope: 0, clipped: true };
  }
  if (bounded > free) return { value: bounded, slope: 0, clipped: true };
  return { value: free, slope: moves ? free : 0, clipped: false };
}
