import { exponential, logarithm, maxLanes, sumLanes } from './exponential';

/** Stands for minus infinity in the padding of a row of logits: finite, so that 0 times it is 0. */
export const MASKED: f32 = -1e30;

/** Fills the columns [vocabulary, padded) of logits[rows, padded] so that they get probability 0. */
export function maskPadding(logits: usize, rows: i32, vocabulary: i32, padded: i32): void {
  for (let row = 0; row < rows; row++) {
    const start = logits + (<usize>(row * padded) << 2);
    for (let column = vocabulary; column < padded; column++) f32.store(start + (<usize>column << 2), MASKED);
  }
}

/**
 * For each row of logits[rows, padded] and its target token: log p(target) and the entropy of
 * p = softmax(logits * inverseTemperature), and log(sum(exp)) for the backward pass. `padded` is a multiple of 8.
 */
export function scoreTargets(
  logits: usize, targets: usize, rows: i32, padded: i32, inverseTemperature: f32, logprobs: usize, entropies: usize,
  logSums: usize,
): void {
  const bytes = <usize>padded << 2;
  const factor = f32x4.splat(inverseTemperature);
  for (let row = 0; row < rows; row++) {
    let top0 = f32x4.splat(MASKED);
    let top1 = top0;
    for (let i: usize = 0; i < bytes; i += 32) {
      top0 = f32x4.pmax(top0, f32x4.mul(v128.load(logits + i), factor));
      top1 = f32x4.pmax(top1, f32x4.mul(v128.load(logits + i, 16), factor));
    }
    const peak = maxLanes(f32x4.pmax(top0, top1));
    const offset = f32x4.splat(peak);
    let total = f32x4.splat(0);
    let weighted = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 32) {
      const z0 = f32x4.sub(f32x4.mul(v128.load(logits + i), factor), offset);
      const z1 = f32x4.sub(f32x4.mul(v128.load(logits + i, 16), factor), offset);
      const e0 = exponential(z0);
      const e1 = exponential(z1);
      total = f32x4.add(total, f32x4.add(e0, e1));
      weighted = f32x4.add(weighted, f32x4.add(f32x4.mul(e0, z0), f32x4.mul(e1, z1)));
    }
    const sum = <f64>sumLanes(total);
    const logSum = logarithm(sum);
    const target = f32.load(logits + (<usize>load<i32>(targets) << 2)) * inverseTemperature;
    f32.store(logprobs, <f32>(<f64>(target - peak) - logSum));
    f32.store(entropies, <f32>(logSum - <f64>sumLanes(weighted) / sum));
    f32.store(logSums, <f32>(<f64>peak + logSum));
    logits += bytes;
    targets += 4;
    logprobs += 4;
    entropies += 4;
    logSums += 4;
  }
}

/**
 * Overwrites logits[rows, padded] by the gradient with respect to them, given the gradient with respect to each row's
 * log-probability (dLogprobs) and entropy (dEntropies):
 *
 *   d logprob / d z_j = [j = target] - p_j,   d entropy / d z_j = -p_j (log p_j + entropy),   z = logits / temperature.
 */
export function scoreTargetsBackward(
  logits: usize, targets: usize, rows: i32, padded: i32, inverseTemperature: f32, logSums: usize, entropies: usize,
  dLogprobs: usize, dEntropies: usize,
): void {
  const bytes = <usize>padded << 2;
  const factor = f32x4.splat(inverseTemperature);
  const negated = f32x4.splat(-inverseTemperature);
  for (let row = 0; row < rows; row++) {
    const gLogprob = f32.load(dLogprobs);
    const logSum = f32x4.splat(f32.load(logSums));
    const entropy = f32x4.splat(f32.load(entropies));
    const byLogprob = f32x4.splat(gLogprob);
    const byEntropy = f32x4.splat(f32.load(dEntropies));
    for (let i: usize = 0; i < bytes; i += 32) {
      const logp0 = f32x4.sub(f32x4.mul(v128.load(logits + i), factor), logSum);
      const logp1 = f32x4.sub(f32x4.mul(v128.load(logits + i, 16), factor), logSum);
      const p0 = exponential(logp0);
      const p1 = exponential(logp1);
      const g0 = f32x4.add(byLogprob, f32x4.mul(byEntropy, f32x4.add(logp0, entropy)));
      const g1 = f32x4.add(byLogprob, f32x4.mul(byEntropy, f32x4.add(logp1, entropy)));
      v128.store(logits + i, f32x4.mul(f32x4.mul(p0, g0), negated));
      v128.store(logits + i, f32x4.mul(f32x4.mul(p1, g1), negated), 16);
    }
    const target = logits + (<usize>load<i32>(targets) << 2);
    f32.store(target, f32.load(target) + gLogprob * inverseTemperature);
    logits += bytes;
    targets += 4;
    logSums += 4;
    entropies += 4;
    dLogprobs += 4;
    dEntropies += 4;
  }
}
