import { outerTile4x8, tile4x8, tileRow } from './tile';

/** Floats of A kept in the first-level cache while the panels of B pass by: 24 KB. */
const BLOCK_FLOATS: i32 = 6144;

/** Rows whose outer products are summed in registers before the weight gradient is read and written again. */
const OUTER_ROWS: i32 = 64;

/**
 * C[rows, columns] = A[rows, depth] B[depth, columns], plus the old C when `accumulate`.
 *
 * `b` is packed in panels of 8 columns ([columns / 8][depth][8], see `packColumns` and `packRows`), so the inner loop
 * reads it front to back. `columns` is a multiple of 8; strides are in bytes.
 */
export function multiply(
  a: usize, aStride: usize, b: usize, c: usize, cStride: usize, rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const panelBytes = <usize>depth << 5;
  const block = max(4, (BLOCK_FLOATS / depth) & ~3);
  const tiled = rows & ~3;
  for (let first = 0; first < tiled; first += block) {
    const last = min(first + block, tiled);
    let panel = b;
    for (let column = 0; column < columns; column += 8) {
      let aRow = a + <usize>first * aStride;
      let cRow = c + <usize>first * cStride + (<usize>column << 2);
      for (let row = first; row < last; row += 4) {
        tile4x8(aRow, aStride, panel, 32, cRow, cStride, depth, accumulate);
        aRow += aStride << 2;
        cRow += cStride << 2;
      }
      panel += panelBytes;
    }
  }
  for (let row = tiled; row < rows; row++) {
    tileRow(a + <usize>row * aStride, b, 32, panelBytes, c + <usize>row * cStride, columns, depth, accumulate);
  }
}

/**
 * W[outputs, inputs] += sum over rows of Y[row, outputs] (outer) X[row, inputs]: the gradient of the weight of y = W x.
 * `outputs` is a multiple of 4 and `inputs` of 8; strides are in bytes.
 */
export function accumulateOuter(
  y: usize, yStride: usize, x: usize, xStride: usize, w: usize, rows: i32, outputs: i32, inputs: i32,
): void {
  const wStride = <usize>inputs << 2;
  for (let first = 0; first < rows; first += OUTER_ROWS) {
    const count = min(OUTER_ROWS, rows - first);
    const yBlock = y + <usize>first * yStride;
    const xBlock = x + <usize>first * xStride;
    // The narrower of the two blocks is the one to walk again and again: it stays in the first-level cache.
    if (inputs <= outputs) {
      for (let output = 0; output < outputs; output += 4) {
        for (let input = 0; input < inputs; input += 8) {
          outerTile4x8(
            yBlock + (<usize>output << 2), yStride, xBlock + (<usize>input << 2), xStride,
            w + <usize>output * wStride + (<usize>input << 2), wStride, count,
          );
        }
      }
    } else {
      for (let input = 0; input < inputs; input += 8) {
        for (let output = 0; output < outputs; output += 4) {
          outerTile4x8(
            yBlock + (<usize>output << 2), yStride, xBlock + (<usize>input << 2), xStride,
            w + <usize>output * wStride + (<usize>input << 2), wStride, count,
          );
        }
      }
    }
  }
}

/** Packs W[outputs, inputs] for y = W x: panels of 8 outputs, [outputs / 8][inputs][8]. */
export function packColumns(w: usize, packed: usize, outputs: i32, inputs: i32): void {
  const stride = <usize>inputs << 2;
  for (let output = 0; output < outputs; output += 8) {
    let source = w + <usize>output * stride;
    for (let input = 0; input < inputs; input++) {
      let element = source;
      for (let lane = 0; lane < 8; lane++) {
        f32.store(packed, f32.load(element));
        packed += 4;
        element += stride;
      }
      source += 4;
    }
  }
}

/** Packs W[outputs, inputs] for dx = W^T dy: panels of 8 inputs, [inputs / 8][outputs][8]. */
export function packRows(w: usize, packed: usize, outputs: i32, inputs: i32): void {
  const stride = <usize>inputs << 2;
  for (let input = 0; input < inputs; input += 8) {
    let source = w + (<usize>input << 2);
    for (let output = 0; output < outputs; output++) {
      v128.store(packed, v128.load(source));
      v128.store(packed, v128.load(source, 16), 16);
      packed += 32;
      source += stride;
    }
  }
}
