import { multiplyAdd } from './multiply-add';

/**
 * The two register tiles every matrix product is made of: 4 rows by 8 columns, eight accumulators, which is what the
 * sixteen vector registers of x64 hold without spilling once the operands are counted.
 *
 * Each element is summed over the inner dimension strictly in ascending order, from zero, with one multiply and one
 * add per term, in the four-row and in the one-row tile alike. So an element has the same bits whichever tile
 * computed it, whatever the batch around it: cached decoding equals the full pass because of this.
 */

/** C[4, 8] = A[4, depth] B[depth, 8], plus the old C when `accumulate`. Strides are in bytes. */
// @ts-ignore: decorator
@inline
export function tile4x8(
  a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize, depth: i32, accumulate: bool,
): void {
  let a0 = a;
  let a1 = a0 + aStride;
  let a2 = a1 + aStride;
  let a3 = a2 + aStride;
  let r00 = f32x4.splat(0), r01 = f32x4.splat(0);
  let r10 = f32x4.splat(0), r11 = f32x4.splat(0);
  let r20 = f32x4.splat(0), r21 = f32x4.splat(0);
  let r30 = f32x4.splat(0), r31 = f32x4.splat(0);
  const end = a + (<usize>depth << 2);
  while (a0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    r00 = multiplyAdd(x, b0, r00);
    r01 = multiplyAdd(x, b1, r01);
    x = v128.load32_splat(a1);
    r10 = multiplyAdd(x, b0, r10);
    r11 = multiplyAdd(x, b1, r11);
    x = v128.load32_splat(a2);
    r20 = multiplyAdd(x, b0, r20);
    r21 = multiplyAdd(x, b1, r21);
    x = v128.load32_splat(a3);
    r30 = multiplyAdd(x, b0, r30);
    r31 = multiplyAdd(x, b1, r31);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += bStride;
  }
  const c1 = c + cStride;
  const c2 = c1 + cStride;
  const c3 = c2 + cStride;
  if (accumulate) {
    r00 = f32x4.add(r00, v128.load(c));
    r01 = f32x4.add(r01, v128.load(c, 16));
    r10 = f32x4.add(r10, v128.load(c1));
    r11 = f32x4.add(r11, v128.load(c1, 16));
    r20 = f32x4.add(r20, v128.load(c2));
    r21 = f32x4.add(r21, v128.load(c2, 16));
    r30 = f32x4.add(r30, v128.load(c3));
    r31 = f32x4.add(r31, v128.load(c3, 16));
  }
  v128.store(c, r00);
  v128.store(c, r01, 16);
  v128.store(c1, r10);
  v128.store(c1, r11, 16);
  v128.store(c2, r20);
  v128.store(c2, r21, 16);
  v128.store(c3, r30);
  v128.store(c3, r31, 16);
}

/**
 * C[1, 16] = A[1, depth] B[depth, 16], plus the old C when `accumulate`; the second 8 columns of B lie `second` bytes
 * after the first. For the rows that `tile4x8` leaves over and for decoding: four sums at once hide the adder's delay.
 */
// @ts-ignore: decorator
@inline
function tile1x16(
  a: usize, b: usize, bStride: usize, second: usize, c: usize, depth: i32, accumulate: bool,
): void {
  let r0 = f32x4.splat(0), r1 = f32x4.splat(0);
  let r2 = f32x4.splat(0), r3 = f32x4.splat(0);
  let b2 = b + second;
  const end = a + (<usize>depth << 2);
  while (a < end) {
    const x = v128.load32_splat(a);
    r0 = multiplyAdd(x, v128.load(b), r0);
    r1 = multiplyAdd(x, v128.load(b, 16), r1);
    r2 = multiplyAdd(x, v128.load(b2), r2);
    r3 = multiplyAdd(x, v128.load(b2, 16), r3);
    a += 4;
    b += bStride;
    b2 += bStride;
  }
  if (accumulate) {
    r0 = f32x4.add(r0, v128.load(c));
    r1 = f32x4.add(r1, v128.load(c, 16));
    r2 = f32x4.add(r2, v128.load(c, 32));
    r3 = f32x4.add(r3, v128.load(c, 48));
  }
  v128.store(c, r0);
  v128.store(c, r1, 16);
  v128.store(c, r2, 32);
  v128.store(c, r3, 48);
}

/** C[1, 8] = A[1, depth] B[depth, 8], plus the old C when `accumulate`: what `tile1x16` leaves over. */
// @ts-ignore: decorator
@inline
function tile1x8(a: usize, b: usize, bStride: usize, c: usize, depth: i32, accumulate: bool): void {
  let r0 = f32x4.splat(0);
  let r1 = f32x4.splat(0);
  const end = a + (<usize>depth << 2);
  while (a < end) {
    const x = v128.load32_splat(a);
    r0 = multiplyAdd(x, v128.load(b), r0);
    r1 = multiplyAdd(x, v128.load(b, 16), r1);
    a += 4;
    b += bStride;
  }
  if (accumulate) {
    r0 = f32x4.add(r0, v128.load(c));
    r1 = f32x4.add(r1, v128.load(c, 16));
  }
  v128.store(c, r0);
  v128.store(c, r1, 16);
}

/** A whole row of `columns` (a multiple of 8) from one-row tiles; B's columns go on `next` bytes later every 8. */
// @ts-ignore: decorator
@inline
export function tileRow(
  a: usize, b: usize, bStride: usize, next: usize, c: usize, columns: i32, depth: i32, accumulate: bool,
): void {
  let column = 0;
  for (; column + 16 <= columns; column += 16) {
    tile1x16(a, b, bStride, next, c, depth, accumulate);
    b += next << 1;
    c += 64;
  }
  if (column < columns) tile1x8(a, b, bStride, c, depth, accumulate);
}

/** W[4, 8] += sum over `rows` of Y[row, 4] (outer) X[row, 8]: the tile of weight gradients. Strides are in bytes. */
// @ts-ignore: decorator
@inline
export function outerTile4x8(
  y: usize, yStride: usize, x: usize, xStride: usize, w: usize, wStride: usize, rows: i32,
): void {
  let r00 = f32x4.splat(0), r01 = f32x4.splat(0);
  let r10 = f32x4.splat(0), r11 = f32x4.splat(0);
  let r20 = f32x4.splat(0), r21 = f32x4.splat(0);
  let r30 = f32x4.splat(0), r31 = f32x4.splat(0);
  for (; rows > 0; rows--) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let s = v128.load32_splat(y);
    r00 = multiplyAdd(s, x0, r00);
    r01 = multiplyAdd(s, x1, r01);
    s = v128.load32_splat(y, 4);
    r10 = multiplyAdd(s, x0, r10);
    r11 = multiplyAdd(s, x1, r11);
    s = v128.load32_splat(y, 8);
    r20 = multiplyAdd(s, x0, r20);
    r21 = multiplyAdd(s, x1, r21);
    s = v128.load32_splat(y, 12);
    r30 = multiplyAdd(s, x0, r30);
    r31 = multiplyAdd(s, x1, r31);
    y += yStride;
    x += xStride;
  }
  const w1 = w + wStride;
  const w2 = w1 + wStride;
  const w3 = w2 + wStride;
  v128.store(w, f32x4.add(v128.load(w), r00));
  v128.store(w, f32x4.add(v128.load(w, 16), r01), 16);
  v128.store(w1, f32x4.add(v128.load(w1), r10));
  v128.store(w1, f32x4.add(v128.load(w1, 16), r11), 16);
  v128.store(w2, f32x4.add(v128.load(w2), r20));
  v128.store(w2, f32x4.add(v128.load(w2, 16), r21), 16);
  v128.store(w3, f32x4.add(v128.load(w3), r30));
  v128.store(w3, f32x4.add(v128.load(w3, 16), r31), 16);
}
