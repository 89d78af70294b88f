import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { SearchOutcome } from '../contract/index.js';
import { parseRow } from '../data/parse-row.js';
import { readLines } from '../data/read-lines.js';
import { isFailure } from './outcome.js';

const recordRow = z.object({
  query: z.string(),
  topK: z.int().positive(),
  outcome: z.object({
    status: z.enum(['ok', 'empty', 'timeout', 'error']),
    hits: z.array(z.object({ id: z.string(), title: z.string(), text: z.string(), score: z.number() })),
    message: z.string().optional(),
  }),
});

/** Under which a search is recorded, cached and shared: white space around and inside a query does not count. */
export function searchKey(query: string, topK: number): string {
  return `${topK} ${query.trim().replace(/\s+/g, ' ')}`;
}

/** Appends searches and their outcomes to a JSONL file, each search once, and again when a failure was made good. */
export class SearchRecorder {
  readonly #file: FileHandle;
  readonly #failed = new Map<string, boolean>();
  #written: Promise<void> = Promise.resolve();
  /** The first line that could not be written; told at the end, as a search does not depend on its record. */
  #error: unknown = null;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<SearchRecorder> {
    await mkdir(dirname(path), { recursive: true });
    return new SearchRecorder(await open(path, 'a'));
  }

  record(query: string, topK: number, outcome: SearchOutcome): void {
    const key = searchKey(query, topK);
    const before = this.#failed.get(key);
    const failed = isFailure(outcome);
    if (before === false || (before === true && failed)) return;
    this.#failed.set(key, failed);
    const line = `${JSON.stringify({ query, topK, outcome })}\n`;
    this.#written = this.#written
      .then(() => this.#file.appendFile(line))
      .catch((error: unknown) => {
        this.#error ??= error;
      });
  }

  /** Waits for what is under way and closes the file. Rejects when a line could not be written. */
  async close(): Promise<void> {
    await this.#written;
    await this.#file.close();
    if (this.#error !== null) throw this.#error as Error;
  }
}

/**
 * Reads recorded searches by their key. Where a search was recorded twice, the outcome that is no failure counts.
 * Throws `DATA_NOT_FOUND` and `DATA_INVALID` (with file and line).
 */
export async function readSearchRecord(path: string): Promise<Map<string, SearchOutcome>> {
  const outcomes = new Map<string, SearchOutcome>();
  for await (const line of readLines(path)) {
    const { query, topK, outcome } = parseRow(path, line, recordRow);
    const key = searchKey(query, topK);
    const before = outcomes.get(key);
    const { message, ...rest } = outcome;
    if (before === undefined || isFailure(before))
      outcomes.set(key, { ...rest, ...(message === undefined ? {} : { message }) });
  }
  return outcomes;
}
