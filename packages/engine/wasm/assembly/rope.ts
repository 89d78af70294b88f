/**
 * Rotates `heads` heads of each row in place by the angle of the row's position and scales them; rows are the
 * consecutive positions from `firstPosition`. Lane i is paired with lane i + headSize / 2 (the "rotate half" layout of
 * Llama checkpoints). Su et al. 2021, "RoFormer".
 *
 * `cosines` and `sines` are [contextLength, headSize / 2]. `direction` is 1, or -1 for the backward pass: a rotation's
 * transpose is the opposite rotation. `stride` is in bytes.
 */
export function rope(
  x: usize, stride: usize, rows: i32, firstPosition: i32, heads: i32, headSize: i32, cosines: usize, sines: usize,
  direction: f32, scale: f32,
): void {
  const half = <usize>headSize << 1;
  const sign = f32x4.splat(direction);
  const factor = f32x4.splat(scale);
  for (let row = 0; row < rows; row++) {
    const angle = <usize>(firstPosition + row) * half;
    let head = x + <usize>row * stride;
    for (let h = 0; h < heads; h++) {
      for (let i: usize = 0; i < half; i += 16) {
        const cosine = f32x4.mul(v128.load(cosines + angle + i), factor);
        const sine = f32x4.mul(f32x4.mul(v128.load(sines + angle + i), sign), factor);
        const low = v128.load(head + i);
        const high = v128.load(head + i + half);
        v128.store(head + i, f32x4.sub(f32x4.mul(low, cosine), f32x4.mul(high, sine)));
        v128.store(head + i + half, f32x4.add(f32x4.mul(high, cosine), f32x4.mul(low, sine)));
      }
      head += half << 1;
    }
  }
}
