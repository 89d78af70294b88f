import { attention, packKeys } from './attention';
import { copyFloats } from './copy';
import { rope } from './rope';

/**
 * Decoding: the attention of sequences that grow by ONE row each, over the keys and values cached of them.
 *
 * `items` holds four int32 a sequence: the row of its new key and value in keyValues[rows, 2 keyValueWidth], the row of
 * its query in queries[rows, queryWidth] and output[rows, queryWidth], its position, and the address of its cached keys,
 * [positions / 8][keyValueWidth][8]; its cached values [positions, keyValueWidth] lie `valuesOffset` bytes further on. The
 * new key and query are rotated in place, the query is scaled, and key and value are appended to the cache. `scratch` as
 * in `attention`.
 */
export function attentionCached(
  items: usize, count: i32, queries: usize, keyValues: usize, output: usize, valuesOffset: usize, heads: i32,
  sharedHeads: i32, headSize: i32, cosines: usize, sines: usize, scale: f32, scratch: usize,
): void {
  const headBytes = <usize>headSize << 2;
  const panelBytes = <usize>headSize << 5;
  const queryBytes = <usize>heads * headBytes;
  const keyBytes = <usize>sharedHeads * headBytes;
  const group = heads / sharedHeads;
  for (let item = 0; item < count; item++) {
    const key = keyValues + <usize>load<i32>(items) * (keyBytes << 1);
    const at = <usize>load<i32>(items, 4) * queryBytes;
    const position = load<i32>(items, 8);
    const cachedKeys = <usize>load<i32>(items, 12);
    const cachedValues = cachedKeys + valuesOffset;
    items += 16;
    rope(key, keyBytes << 1, 1, position, sharedHeads, headSize, cosines, sines, 1, 1);
    rope(queries + at, queryBytes, 1, position, heads, headSize, cosines, sines, 1, scale);
    packKeys(key, 0, cachedKeys, position, 1, sharedHeads * headSize);
    copyFloats(key + keyBytes, cachedValues + <usize>position * keyBytes, keyBytes);
    fetch(cachedKeys, cachedValues, <usize>(position + 1) * keyBytes, scratch);
    for (let head = 0; head < heads; head++) {
      const shared = <usize>(head / group);
      const own = at + <usize>head * headBytes;
      attention(
        queries + own, queryBytes, cachedKeys + shared * panelBytes, keyBytes << 3, cachedValues + shared * headBytes,
        keyBytes, output + own, queryBytes, 0, 0, position, 1, headSize, scratch,
      );
    }
  }
}

/**
 * Brings two runs of `bytes` bytes into the processor's caches by reading a number of each line. With many sequences
 * what is cached of them is far larger than those caches; the sums of attention wait for one line after the other, this
 * loop for many at once, and it halves the time of decoding.
 */
// @ts-ignore: decorator
@inline
function fetch(a: usize, b: usize, bytes: usize, scratch: usize): void {
  let seen = 0;
  for (let i: usize = 0; i < bytes; i += 64) seen |= load<i32>(a + i) | load<i32>(b + i);
  // Stored, so that no compiler may leave the loop out.
  store<i32>(scratch, seen);
}
