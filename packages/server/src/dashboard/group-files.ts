import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recordedSteps, runFiles, stepName } from '@turnwise/core';
import { parseGroupLine, summariseGroup } from './summarise-group.js';
import type { GroupSummary } from './views.js';

/** One step's file of groups: where each line lies, and what it holds. */
interface IndexedFile {
  readonly size: number;
  readonly modified: number;
  /** Lines that hold no group. */
  readonly unreadable: number;
  readonly lines: readonly { readonly start: number; readonly length: number; readonly summary: GroupSummary }[];
}

/** The groups of a run, of which only the place and a summary are kept; a group is read when it is asked for. */
export class GroupFiles {
  readonly #indexed = new Map<number, Promise<IndexedFile | null>>();
  readonly #folder: string;

  constructor(run: string) {
    this.#folder = runFiles(run).trajectories;
  }

  /** Steps whose groups were recorded, ascending. */
  async steps(): Promise<number[]> {
    return recordedSteps(await readdir(this.#folder).catch(() => []));
  }

  /** Bytes of a step's file; 0 when there is none. */
  async size(step: number): Promise<number> {
    return (await stat(this.file(step)).catch(() => null))?.size ?? 0;
  }

  /** What is known of a step's groups; `null` when none were recorded. */
  async summaries(step: number): Promise<readonly GroupSummary[] | null> {
    return (await this.#index(step))?.lines.map(({ summary }) => summary) ?? null;
  }

  /** Lines of a step's file that hold no group. */
  async unreadable(step: number): Promise<number> {
    return (await this.#index(step))?.unreadable ?? 0;
  }

  /** The recorded line of a group, verbatim; `null` when there is none. */
  async line(step: number, index: number): Promise<string | null> {
    const place = (await this.#index(step))?.lines.find(({ summary }) => summary.index === index);
    if (place === undefined) return null;
    const handle = await open(this.file(step), 'r');
    try {
      const buffer = Buffer.alloc(place.length);
      await handle.read(buffer, 0, place.length, place.start);
      return buffer.toString('utf8');
    } finally {
      await handle.close();
    }
  }

  /** The file of a step, whether or not it is there. */
  file(step: number): string {
    return join(this.#folder, `${stepName(step)}.jsonl`);
  }

  /** Step files are written whole, so one of the same size and time is the same. */
  async #index(step: number): Promise<IndexedFile | null> {
    const state = await stat(this.file(step)).catch(() => null);
    if (state === null) return null;
    const known = await this.#indexed.get(step);
    if (known?.size === state.size && known.modified === state.mtimeMs) return known;
    const reading = indexFile(this.file(step), state.size, state.mtimeMs);
    this.#indexed.set(step, reading);
    return reading;
  }
}

async function indexFile(file: string, size: number, modified: number): Promise<IndexedFile | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const content = await handle.readFile();
    const lines = [];
    let number = 0;
    for (let start = 0; start < content.length;) {
      const newline = content.indexOf(10, start);
      const end = newline === -1 ? content.length : newline;
      const group = parseGroupLine(content.toString('utf8', start, end));
      // A line that is no group keeps its number, so that the others keep theirs.
      if (group !== null) lines.push({ start, length: end - start, summary: summariseGroup(group, number) });
      number++;
      start = end + 1;
    }
    return { size, modified, lines, unreadable: number - lines.length };
  } finally {
    await handle.close();
  }
}
