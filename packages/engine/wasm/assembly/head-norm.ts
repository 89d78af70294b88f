import { sumLanes } from './exponential';

/** 1 / sqrt(mean(x^2) + epsilon) of x[bytes / 4]. */
// @ts-ignore: decorator
@inline
function inverseRoot(x: usize, bytes: usize, epsilon: f32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 32) {
    const x0 = v128.load(x + i);
    const x1 = v128.load(x + i, 16);
    s0 = f32x4.add(s0, f32x4.mul(x0, x0));
    s1 = f32x4.add(s1, f32x4.mul(x1, x1));
  }
  return 1 / sqrt<f32>(sumLanes(f32x4.add(s0, s1)) / <f32>(bytes >> 2) + epsilon);
}

/**
 * RMSNorm of each of `heads` heads of each row with the same gamma[headSize]: y = x gamma / sqrt(mean(x^2) + epsilon).
 * Qwen3's norm of queries and keys. `headSize` is a multiple of 8; strides are in bytes; y may be x.
 */
export function headNorm(
  x: usize, xStride: usize, gamma: usize, y: usize, yStride: usize, rows: i32, heads: i32, headSize: i32, epsilon: f32,
): void {
  const bytes = <usize>headSize << 2;
  for (let row = 0; row < rows; row++) {
    let source = x;
    let target = y;
    for (let head = 0; head < heads; head++) {
      const scale = f32x4.splat(inverseRoot(source, bytes, epsilon));
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(target + i, f32x4.mul(f32x4.mul(v128.load(source + i), scale), v128.load(gamma + i)));
      }
      source += bytes;
      target += bytes;
    }
    x += xStride;
    y += yStride;
  }
}

/**
 * Overwrites dy by the gradient of `headNorm` with respect to its input x and adds to dGamma. With n = x inverse:
 * dx = inverse (dy gamma - n mean(dy gamma n)), dGamma += dy n. The inverse roots are computed again: they cost less
 * than a place to keep them.
 */
export function headNormBackward(
  dy: usize, dyStride: usize, x: usize, xStride: usize, gamma: usize, dGamma: usize, rows: i32, heads: i32,
  headSize: i32, epsilon: f32,
): void {
  const bytes = <usize>headSize << 2;
  for (let row = 0; row < rows; row++) {
    let source = x;
    let target = dy;
    for (let head = 0; head < heads; head++) {
      const scale = f32x4.splat(inverseRoot(source, bytes, epsilon));
      let dot = f32x4.splat(0);
      for (let i: usize = 0; i < bytes; i += 16) {
        const gn = f32x4.mul(v128.load(target + i), f32x4.mul(v128.load(source + i), scale));
        v128.store(dGamma + i, f32x4.add(v128.load(dGamma + i), gn));
        dot = f32x4.add(dot, f32x4.mul(gn, v128.load(gamma + i)));
      }
      const mean = f32x4.splat(sumLanes(dot) / <f32>headSize);
      for (let i: usize = 0; i < bytes; i += 16) {
        const g = f32x4.mul(v128.load(target + i), v128.load(gamma + i));
        const n = f32x4.mul(v128.load(source + i), scale);
        v128.store(target + i, f32x4.mul(scale, f32x4.sub(g, f32x4.mul(n, mean))));
      }
      source += bytes;
      target += bytes;
    }
    x += xStride;
    dy += dyStride;
  }
}
