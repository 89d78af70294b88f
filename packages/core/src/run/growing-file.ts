import { open, stat } from 'node:fs/promises';

/** Bytes read at a time. */
const chunkBytes = 1 << 20;

/** What was appended to a file of lines since it was last read. */
export interface Appended {
  /**
   * Whether what was read before no longer counts: the file became shorter, as a resumed run's does, was replaced or is
   * gone.
   */
  readonly anew: boolean;
  /** Whole lines, each with its line feed, in pieces that end with one. A last line that is not whole yet waits. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** A file of lines that may still be written: what was read is not read again. */
export class GrowingFile {
  #offset = 0;
  #inode: number | undefined;

  constructor(private readonly file: string) {}

  /** The pieces have to be read to their end before the next call. */
  async appended(): Promise<Appended> {
    const state = await stat(this.file).catch(() => null);
    const anew = state?.ino !== this.#inode || (state?.size ?? 0) < this.#offset;
    if (anew) this.#offset = 0;
    this.#inode = state?.ino;
    return { anew, pieces: this.#pieces(state?.size ?? 0) };
  }

  async *#pieces(size: number): AsyncGenerator<Buffer> {
    if (size <= this.#offset) return;
    const handle = await open(this.file, 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
    // The file was deleted since its size was looked at.
    if (handle === null) return;
    try {
      let rest = Buffer.alloc(0);
      let at = this.#offset;
      while (at < size) {
        const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        const read =
          rest.length === 0 ? buffer.subarray(0, bytesRead) : Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = read.lastIndexOf(10) + 1;
        rest = read.subarray(end);
        if (end === 0) continue;
        this.#offset += end;
        yield read.subarray(0, end);
      }
    } finally {
      await handle.close();
    }
  }
}
