import { metricRowIn, type MetricRow } from '@turnwise/core';

const lineEnd = Buffer.from('}\n');

/** Rows in whole lines of metrics: those that end as an object does. What else stands there is no row. */
export function countRows(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(lineEnd); at !== -1; at = lines.indexOf(lineEnd, at + 2)) count++;
  return count;
}

/** Those rows; one that cannot be read has no metrics: a picture of the rest is better than none. */
export function parseRows(lines: Buffer): MetricRow[] {
  return readLines(lines).rows;
}

/** The same, and how many of the whole lines hold no JSON object. */
export function readLines(lines: Buffer): { readonly rows: MetricRow[]; readonly unreadable: number } {
  const rows: MetricRow[] = [];
  let unreadable = 0;
  const texts = lines.toString('utf8').split('\n');
  for (const [index, line] of texts.entries()) {
    const isRow = line.endsWith('}');
    const row = isRow ? metricRowIn(line) : null;
    if (isRow) rows.push(row ?? {});
    // What follows the last line feed is no whole line.
    if (row === null && index < texts.length - 1) unreadable++;
  }
  return { rows, unreadable };
}

/** The last `count` lines. */
export function lastLines(lines: Buffer, count: number): Buffer {
  let start = lines.length;
  for (let line = 0; line <= count && start > 0; line++) start = lines.lastIndexOf(10, start - 1);
  return start <= 0 ? lines : lines.subarray(start + 1);
}

/** The last line that holds a text; `null` when none does. */
export function lastLineWith(lines: Buffer, text: string): Buffer | null {
  const at = lines.lastIndexOf(text);
  if (at === -1) return null;
  const start = lines.lastIndexOf(10, at) + 1;
  return lines.subarray(start, lines.indexOf(10, at) + 1);
}
