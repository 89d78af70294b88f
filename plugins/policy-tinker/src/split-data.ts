import type { Datum } from './training-data.js';

/** As the official client does: hosted servers refuse larger requests. */
const mostData = 1024;
const mostBytes = 5_000_000;

/** Requests of at most `data` data and about `bytes` bytes, in order; a datum over the limit travels alone. */
export function splitData(items: readonly Datum[], data = mostData, bytes = mostBytes): Datum[][] {
  const chunks: Datum[][] = [];
  let chunk: Datum[] = [];
  let size = 0;
  for (const item of items) {
    const own = JSON.stringify(item).length;
    if (chunk.length > 0 && (chunk.length >= data || size + own > bytes)) {
      chunks.push(chunk);
      chunk = [];
      size = 0;
    }
    chunk.push(item);
    size += own;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
