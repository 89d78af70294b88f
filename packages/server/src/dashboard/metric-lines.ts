/** A step's metrics by name. */
export type MetricRow = Readonly<Record<string, number>>;

const lineEnd = Buffer.from('}\n');

/** Rows in whole lines of metrics: those that end as an object does. What else stands there is no row. */
export function countRows(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(lineEnd); at !== -1; at = lines.indexOf(lineEnd, at + 2)) count++;
  return count;
}

/** Those rows; one that cannot be read has no metrics: a picture of the rest is better than none. */
export function parseRows(lines: Buffer): MetricRow[] {
  return lines
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [parseRow(line)] : []));
}

/** Whole lines of those that hold no JSON object. */
export function countUnreadable(lines: Buffer): number {
  const all = lines.toString('utf8').split('\n').slice(0, -1);
  return all.filter((line) => !line.endsWith('}') || objectIn(line) === null).length;
}

function parseRow(line: string): MetricRow {
  return objectIn(line) ?? {};
}

function objectIn(line: string): MetricRow | null {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MetricRow) : null;
  } catch {
    return null;
  }
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
