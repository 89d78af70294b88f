import { sumLanes } from './exponential';

/**
 * y = x gamma / sqrt(mean(x^2) + epsilon) for each row of x[rows, size]; the inverse root goes to inverse[rows].
 * Zhang and Sennrich 2019, "Root Mean Square Layer Normalization". `size` is a multiple of 8, rows are contiguous.
 */
export function rmsNorm(
  x: usize, gamma: usize, y: usize, inverse: usize, rows: i32, size: i32, epsilon: f32,
): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 32) {
      const x0 = v128.load(x + i);
      const x1 = v128.load(x + i, 16);
      s0 = f32x4.add(s0, f32x4.mul(x0, x0));
      s1 = f32x4.add(s1, f32x4.mul(x1, x1));
    }
    const root: f32 = 1 / sqrt<f32>(sumLanes(f32x4.add(s0, s1)) / <f32>size + epsilon);
    f32.store(inverse, root);
    const scale = f32x4.splat(root);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(y + i, f32x4.mul(f32x4.mul(v128.load(x + i), scale), v128.load(gamma + i)));
    }
    x += bytes;
    y += bytes;
    inverse += 4;
  }
}

/**
 * Adds the gradient of `rmsNorm` with respect to its input to dx[rows, size] and with respect to gamma to dGamma[size].
 * With n = x inverse: dx += inverse (dy gamma - n mean(dy gamma n)), dGamma += dy n.
 */
export function rmsNormBackward(
  dy: usize, x: usize, gamma: usize, inverse: usize, dx: usize, dGamma: usize, rows: i32, size: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    const root = f32.load(inverse);
    const scale = f32x4.splat(root);
    let dot = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const g = v128.load(dy + i);
      const n = f32x4.mul(v128.load(x + i), scale);
      const gn = f32x4.mul(g, n);
      v128.store(dGamma + i, f32x4.add(v128.load(dGamma + i), gn));
      dot = f32x4.add(dot, f32x4.mul(gn, v128.load(gamma + i)));
    }
    const mean = f32x4.splat(sumLanes(dot) / <f32>size);
    for (let i: usize = 0; i < bytes; i += 16) {
      const g = f32x4.mul(v128.load(dy + i), v128.load(gamma + i));
      const n = f32x4.mul(v128.load(x + i), scale);
      const d = f32x4.mul(scale, f32x4.sub(g, f32x4.mul(n, mean)));
      v128.store(dx + i, f32x4.add(v128.load(dx + i), d));
    }
    dy += bytes;
    x += bytes;
    dx += bytes;
    inverse += 4;
  }
}
