import { fusedExponential, sumLanes } from './exponential';
import { outerTile4x8, tile4x8, tileRow } from './tile';

/** Query rows whose probabilities are held at once. */
const BLOCK: i32 = 32;

/**
 * From a row of scores s and of dP = dO V^T: p = exp(s - logSum) over s, and ds = p (dP - dot) over dP, with zeros from
 * `visible` to `width` (a multiple of 8). dot = sum(p dP) = sum(dO O), Dao et al. 2022, "FlashAttention", appendix B.2.
 */
// @ts-ignore: decorator
@inline
function probabilities(scores: usize, dScores: usize, visible: i32, width: i32, logSum: f32, dot: f32): void {
  const bytes = <usize>(visible & ~7) << 2;
  const end = <usize>width << 2;
  const offset = f32x4.splat(logSum);
  const mean = f32x4.splat(dot);
  let at: usize = 0;
  for (; at < bytes; at += 32) {
    const p0 = fusedExponential(f32x4.sub(v128.load(scores + at), offset));
    const p1 = fusedExponential(f32x4.sub(v128.load(scores + at, 16), offset));
    v128.store(scores + at, p0);
    v128.store(scores + at, p1, 16);
    v128.store(dScores + at, f32x4.mul(p0, f32x4.sub(v128.load(dScores + at), mean)));
    v128.store(dScores + at, f32x4.mul(p1, f32x4.sub(v128.load(dScores + at, 16), mean)), 16);
  }
  if (at < end) {
    const left = i32x4.splat(visible & 7);
    const inside0 = i32x4.lt_s(i32x4(0, 1, 2, 3), left);
    const inside1 = i32x4.lt_s(i32x4(4, 5, 6, 7), left);
    const p0 = v128.and(fusedExponential(f32x4.sub(v128.load(scores + at), offset)), inside0);
    const p1 = v128.and(fusedExponential(f32x4.sub(v128.load(scores + at, 16), offset)), inside1);
    v128.store(scores + at, p0);
    v128.store(scores + at, p1, 16);
    v128.store(dScores + at, f32x4.mul(p0, f32x4.sub(v128.load(dScores + at), mean)));
    v128.store(dScores + at, f32x4.mul(p1, f32x4.sub(v128.load(dScores + at, 16), mean)), 16);
    for (at += 32; at < end; at += 16) {
      v128.store(scores + at, f32x4.splat(0));
      v128.store(dScores + at, f32x4.splat(0));
    }
  }
}

/** sum(a b) over `bytes` / 4 floats. */
// @ts-ignore: decorator
@inline
function dotProduct(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  return sumLanes(sum);
}

/**
 * Backward of `attention` for one head and one run of `rows` consecutive queries from `firstPosition` on: writes
 * dQueries and ADDS into dKeys and dValues, both [positions rounded up to 8, headSize] without gaps, so that runs and
 * heads that share keys accumulate.
 *
 * Probabilities are recomputed from the saved logSums, 32 query rows at a time. `keyPanels` and `valuePanels` are keys
 * and values in panels of 8 positions; `scratch` holds 2 * 32 rows of the last position rounded up to 8. Strides are in
 * bytes.
 */
export function attentionBackward(
  queries: usize, queryStride: usize, keys: usize, keyStride: usize, keyPanels: usize, valuePanels: usize,
  output: usize, dOutput: usize, outputStride: usize, logSums: usize, logSumStride: usize, dQueries: usize,
  dKeys: usize, dValues: usize, firstPosition: i32, rows: i32, headSize: i32, scratch: usize,
): void {
  const headBytes = <usize>headSize << 2;
  const panelBytes = <usize>headSize << 5;
  const scoreStride = <usize>((firstPosition + rows + 7) & ~7) << 2;
  const scores = scratch;
  const dScores = scratch + <usize>BLOCK * scoreStride;
  for (let first = 0; first < rows; first += BLOCK) {
    const last = min(first + BLOCK, rows);
    let row = first;
    while (row < last) {
      const count = last - row >= 4 ? 4 : 1;
      const length = firstPosition + row + count;
      const width = (length + 7) & ~7;
      const query = queries + <usize>row * queryStride;
      const dOut = dOutput + <usize>row * outputStride;
      const score = scores + <usize>(row - first) * scoreStride;
      const dScore = dScores + <usize>(row - first) * scoreStride;
      if (count == 4) {
        let keyPanel = keyPanels;
        let valuePanel = valuePanels;
        for (let at: usize = 0; at < <usize>width << 2; at += 32) {
          tile4x8(query, queryStride, keyPanel, 32, score + at, scoreStride, headSize, false);
          tile4x8(dOut, outputStride, valuePanel, 32, dScore + at, scoreStride, headSize, false);
          keyPanel += panelBytes;
          valuePanel += panelBytes;
        }
      } else {
        tileRow(query, keyPanels, 32, panelBytes, score, width, headSize, false);
        tileRow(dOut, valuePanels, 32, panelBytes, dScore, width, headSize, false);
      }
      for (let r = 0; r < count; r++) {
        const dot = dotProduct(
          dOut + <usize>r * outputStride, output + <usize>(row + r) * outputStride, headBytes,
        );
        probabilities(
          score + <usize>r * scoreStride, dScore + <usize>r * scoreStride, firstPosition + row + r + 1, width,
          f32.load(logSums + <usize>(row + r) * logSumStride), dot,
        );
      }
      const dQuery = dQueries + <usize>row * queryStride;
      if (count == 4) {
        for (let i: usize = 0; i < headBytes; i += 32) {
          tile4x8(dScore, scoreStride, keys + i, keyStride, dQuery + i, queryStride, length, false);
        }
      } else {
        tileRow(dScore, keys, keyStride, 32, dQuery, headSize, length, false);
      }
      row += count;
    }
    // Four keys at a time gather from the block's queries at or after them: earlier ones do not see them.
    for (let key = 0; key < firstPosition + last; key += 4) {
      const from = max(first, key - firstPosition);
      const offset = <usize>(from - first) * scoreStride + (<usize>key << 2);
      const query = queries + <usize>from * queryStride;
      const dOut = dOutput + <usize>from * outputStride;
      const target = <usize>key * headBytes;
      for (let i: usize = 0; i < headBytes; i += 32) {
        const count = last - from;
        outerTile4x8(scores + offset, scoreStride, dOut + i, outputStride, dValues + target + i, headBytes, count);
        outerTile4x8(dScores + offset, scoreStride, query + i, queryStride, dKeys + target + i, headBytes, count);
      }
    }
  }
}
