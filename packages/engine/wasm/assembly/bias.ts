/** y[row] += bias for each row of y[rows, size]; `size` is a multiple of 4. */
export function addBias(y: usize, bias: usize, rows: i32, size: i32): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(y + i, f32x4.add(v128.load(y + i), v128.load(bias + i)));
    }
    y += bytes;
  }
}

/** dBias += the sum of the rows of dy[rows, size]: the gradient of `addBias`. */
export function addBiasBackward(dy: usize, dBias: usize, rows: i32, size: i32): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(dBias + i, f32x4.add(v128.load(dBias + i), v128.load(dy + i)));
    }
    dy += bytes;
  }
}
