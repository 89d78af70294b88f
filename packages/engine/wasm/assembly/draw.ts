import { exponential, maxLanes, sumLanes } from './exponential';
import { MASKED } from './head';

/**
 * Writes exp(logit * inverseTemperature - max) of `padded` logits (a multiple of 4; the padding holds MASKED) to
 * `weights` and returns their sum: NaN when a logit is NaN or +Infinity.
 */
export function softmaxWeights(logits: usize, weights: usize, padded: i32, inverseTemperature: f32): f32 {
  const bytes = <usize>padded << 2;
  const factor = f32x4.splat(inverseTemperature);
  let top = f32x4.splat(MASKED);
  for (let i: usize = 0; i < bytes; i += 16) top = f32x4.pmax(top, f32x4.mul(v128.load(logits + i), factor));
  const offset = f32x4.splat(maxLanes(top));
  let total = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const e = exponential(f32x4.sub(f32x4.mul(v128.load(logits + i), factor), offset));
    v128.store(weights + i, e);
    total = f32x4.add(total, e);
  }
  return sumLanes(total);
}

/** The first index at which the running sum of weights passes `threshold`; the last weight above 0 if none does. */
export function drawIndex(weights: usize, count: i32, threshold: f64): i32 {
  let sum: f64 = 0;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const weight = f32.load(weights + (<usize>i << 2));
    if (weight > 0) {
      sum += weight;
      if (sum > threshold) return i;
      last = i;
    }
  }
  return last;
}
