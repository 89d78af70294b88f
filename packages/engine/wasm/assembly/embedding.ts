import { copyFloats } from './copy';

/**
 * x[row] = sum over s of taps[s] * table[token s places before row], for the rows of ONE sequence (`*` per channel).
 *
 * `tokens` points at the first row's token (int32); the `history` tokens before it in memory belong to the same
 * sequence. Tokens before the sequence's start contribute nothing. `taps` is [tapCount + 1, size], or 0 for a plain
 * table look-up. `size` is a multiple of 4.
 */
export function embed(
  x: usize, tokens: usize, rows: i32, history: i32, table: usize, taps: usize, tapCount: i32, size: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    const current = table + <usize>load<i32>(tokens) * bytes;
    if (taps == 0) {
      copyFloats(current, x, bytes);
    } else {
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(x + i, f32x4.mul(v128.load(current + i), v128.load(taps + i)));
      }
      const reach = min(tapCount, history + row);
      for (let s = 1; s <= reach; s++) {
        const earlier = table + <usize>load<i32>(tokens - (<usize>s << 2)) * bytes;
        const tap = taps + <usize>s * bytes;
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(x + i, f32x4.add(v128.load(x + i), f32x4.mul(v128.load(earlier + i), v128.load(tap + i))));
        }
      }
    }
    x += bytes;
    tokens += 4;
  }
}

/** Adds the gradients of `embed` (a whole sequence, no history) to dTable and dTaps, given dx[rows, size]. */
export function embedBackward(
  dx: usize, tokens: usize, rows: i32, table: usize, taps: usize, tapCount: i32, dTable: usize, dTaps: usize, size: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    const reach = taps == 0 ? 0 : min(tapCount, row);
    for (let s = 0; s <= reach; s++) {
      const offset = <usize>load<i32>(tokens - (<usize>s << 2)) * bytes;
      const row0 = dTable + offset;
      if (taps == 0) {
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(row0 + i, f32x4.add(v128.load(row0 + i), v128.load(dx + i)));
        }
      } else {
        const tap = taps + <usize>s * bytes;
        const dTap = dTaps + <usize>s * bytes;
        for (let i: usize = 0; i < bytes; i += 16) {
          const d = v128.load(dx + i);
          v128.store(row0 + i, f32x4.add(v128.load(row0 + i), f32x4.mul(d, v128.load(tap + i))));
          v128.store(dTap + i, f32x4.add(v128.load(dTap + i), f32x4.mul(d, v128.load(table + offset + i))));
        }
      }
    }
    dx += bytes;
    tokens += 4;
  }
}
