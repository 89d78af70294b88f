import { fusedExponential, logarithm, maxLanes, sumLanes } from './exponential';
import { tile4x8, tileRow } from './tile';

/**
 * Causal attention of ONE head over one sequence, for a run of consecutive query rows.
 *
 * Keys come as panels of 8 positions, [positions / 8][headSize][8] (`packKeys`), so that a tile of scores is a plain
 * register tile; values are rows. Scores are computed for four queries at a time over every earlier position, kept in
 * a scratch that fits the first-level cache, and turned into probabilities there. Vaswani et al. 2017, section 3.2.1,
 * with the 1 / sqrt(headSize) already multiplied into the queries.
 */

/** Writes the keys of `rows` positions, the first of them `firstPosition`, into their panels. `stride` is in bytes. */
export function packKeys(
  keys: usize, stride: usize, panels: usize, firstPosition: i32, rows: i32, headSize: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const position = firstPosition + row;
    let target = panels + <usize>(((position >> 3) * headSize) << 5) + <usize>((position & 7) << 2);
    for (let i: usize = 0; i < <usize>headSize << 2; i += 4) {
      f32.store(target, f32.load(keys + i));
      target += 32;
    }
    keys += stride;
  }
}

/**
 * Turns scores[0 .. visible) into exp(score - max) in place, writes zeros up to `width` (a multiple of 8) and returns
 * the sum; the maximum goes to `peak`. The lane that adds a position depends on the position alone.
 */
// @ts-ignore: decorator
@inline
function exponentiate(scores: usize, visible: i32, width: i32, peak: usize): f32 {
  const tail = scores + (<usize>(visible & ~7) << 2);
  const end = scores + (<usize>width << 2);
  // Lanes of the last, partial eight that are visible; all clear when `visible` is a multiple of 8.
  const left = i32x4.splat(visible & 7);
  const inside0 = i32x4.lt_s(i32x4(0, 1, 2, 3), left);
  const inside1 = i32x4.lt_s(i32x4(4, 5, 6, 7), left);
  const least = f32x4.splat(-3e38);
  let top0 = least;
  let top1 = least;
  for (let at = scores; at < tail; at += 32) {
    top0 = f32x4.pmax(top0, v128.load(at));
    top1 = f32x4.pmax(top1, v128.load(at, 16));
  }
  if (tail < end) {
    top0 = f32x4.pmax(top0, v128.bitselect(v128.load(tail), least, inside0));
    top1 = f32x4.pmax(top1, v128.bitselect(v128.load(tail, 16), least, inside1));
  }
  const largest = maxLanes(f32x4.pmax(top0, top1));
  f32.store(peak, largest);
  const offset = f32x4.splat(largest);
  let total0 = f32x4.splat(0);
  let total1 = f32x4.splat(0);
  for (let at = scores; at < tail; at += 32) {
    const e0 = fusedExponential(f32x4.sub(v128.load(at), offset));
    const e1 = fusedExponential(f32x4.sub(v128.load(at, 16), offset));
    v128.store(at, e0);
    v128.store(at, e1, 16);
    total0 = f32x4.add(total0, e0);
    total1 = f32x4.add(total1, e1);
  }
  if (tail < end) {
    const e0 = v128.and(fusedExponential(f32x4.sub(v128.load(tail), offset)), inside0);
    const e1 = v128.and(fusedExponential(f32x4.sub(v128.load(tail, 16), offset)), inside1);
    v128.store(tail, e0);
    v128.store(tail, e1, 16);
    total0 = f32x4.add(total0, e0);
    total1 = f32x4.add(total1, e1);
    for (let at = tail + 32; at < end; at += 16) v128.store(at, f32x4.splat(0));
  }
  return sumLanes(f32x4.add(total0, total1));
}

/** x[size] *= factor */
// @ts-ignore: decorator
@inline
function scale(x: usize, bytes: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(x + i, f32x4.mul(v128.load(x + i), f));
}

/**
 * output[rows, headSize] = softmax(queries keys^T) values. The panels of keys lie `panelStride` bytes apart. `scratch`
 * holds 4 rows of `contextLength` rounded up to 8 floats, plus 8 floats. `logSums`, unless 0, receives log(sum(exp(score))) per row, `logSumStride` bytes apart, for
 * the backward pass. Strides are in bytes.
 */
export function attention(
  queries: usize, queryStride: usize, panels: usize, panelStride: usize, values: usize, valueStride: usize,
  output: usize, outputStride: usize, logSums: usize, logSumStride: usize, firstPosition: i32, rows: i32, headSize: i32,
  scratch: usize,
): void {
  const headBytes = <usize>headSize << 2;
  const panelBytes = <usize>headSize << 5;
  const peak = scratch;
  const scores = scratch + 16;
  let row = 0;
  while (row < rows) {
    const count = rows - row >= 4 ? 4 : 1;
    const length = firstPosition + row + count;
    const width = (length + 7) & ~7;
    const scoreStride = <usize>width << 2;
    if (count == 4) {
      let panel = panels;
      for (let j = 0; j < width; j += 8) {
        tile4x8(queries, queryStride, panel, 32, scores + (<usize>j << 2), scoreStride, headSize, false);
        panel += panelStride;
      }
      // Normalising after the product with the values touches headSize floats a row instead of `length`.
      const s0 = scores;
      const s1 = s0 + scoreStride;
      const s2 = s1 + scoreStride;
      const s3 = s2 + scoreStride;
      const sum0 = exponentiate(s0, length - 3, width, peak);
      const sum1 = exponentiate(s1, length - 2, width, peak + 4);
      const sum2 = exponentiate(s2, length - 1, width, peak + 8);
      const sum3 = exponentiate(s3, length, width, peak + 12);
      for (let i: usize = 0; i < headBytes; i += 32) {
        tile4x8(s0, scoreStride, values + i, valueStride, output + i, outputStride, length, false);
      }
      scale(output, headBytes, 1 / sum0);
      scale(output + outputStride, headBytes, 1 / sum1);
      scale(output + 2 * outputStride, headBytes, 1 / sum2);
      scale(output + 3 * outputStride, headBytes, 1 / sum3);
      if (logSums) {
        f32.store(logSums, f32.load(peak) + <f32>logarithm(sum0));
        f32.store(logSums + logSumStride, f32.load(peak, 4) + <f32>logarithm(sum1));
        f32.store(logSums + 2 * logSumStride, f32.load(peak, 8) + <f32>logarithm(sum2));
        f32.store(logSums + 3 * logSumStride, f32.load(peak, 12) + <f32>logarithm(sum3));
      }
    } else {
      tileRow(queries, panels, 32, panelStride, scores, width, headSize, false);
      const sum = exponentiate(scores, length, width, peak);
      tileRow(scores, values, valueStride, 32, output, headSize, length, false);
      scale(output, headBytes, 1 / sum);
      if (logSums) f32.store(logSums, f32.load(peak) + <f32>logarithm(sum));
    }
    row += count;
    queries += <usize>count * queryStride;
    output += <usize>count * outputStride;
    logSums += logSums ? <usize>count * logSumStride : 0;
  }
}
