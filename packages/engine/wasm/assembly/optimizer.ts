/** Sum of squares of `count` floats in double precision; `count` is a multiple of 4. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  const end = x + (<usize>count << 2);
  for (; x < end; x += 16) {
    const v = v128.load(x);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  const s = f64x2.add(s0, s1);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/**
 * One AdamW update of `count` weights (a multiple of 4) in place. Loshchilov and Hutter 2019, algorithm 2.
 *
 * With g = gradient * gradientScale: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
 * w -= stepSize m / (sqrt(v) * rootCorrection + epsilon) + decay w, where the caller folds the bias corrections in:
 * stepSize = learningRate / (1 - beta1^t), rootCorrection = 1 / sqrt(1 - beta2^t), decay = learningRate * weightDecay.
 */
export function adamw(
  weights: usize, gradients: usize, first: usize, second: usize, count: i32, gradientScale: f32, beta1: f32, beta2: f32,
  oneMinusBeta1: f32, oneMinusBeta2: f32, stepSize: f32, rootCorrection: f32, epsilon: f32, decay: f32,
): void {
  const bytes = <usize>count << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(v128.load(gradients + i), f32x4.splat(gradientScale));
    const m = f32x4.add(
      f32x4.mul(v128.load(first + i), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(oneMinusBeta1)),
    );
    const v = f32x4.add(
      f32x4.mul(v128.load(second + i), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(oneMinusBeta2)),
    );
    v128.store(first + i, m);
    v128.store(second + i, v);
    const w = v128.load(weights + i);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(rootCorrection)), f32x4.splat(epsilon));
    const step = f32x4.add(
      f32x4.div(f32x4.mul(m, f32x4.splat(stepSize)), root),
      f32x4.mul(w, f32x4.splat(decay)),
    );
    v128.store(weights + i, f32x4.sub(w, step));
  }
}
