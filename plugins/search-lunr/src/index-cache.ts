import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@turnwise/core';
import type { CompiledIndex } from './compiled-index.js';
import { decodeIndex } from './index-file.js';

/** Index files in a folder, one for each key. What cannot be read back is as good as not there. */
export class IndexCache {
  readonly #folder: string;
  readonly #logger: Logger;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  fileOf(key: string): string {
    return join(this.#folder, `${key}.index`);
  }

  /** The cached index, or null when there is none that can be trusted. */
  async read(key: string): Promise<CompiledIndex | null> {
    let block: Buffer<ArrayBuffer>;
    try {
      block = await readFile(this.fileOf(key));
    } catch {
      return null;
    }
    const found = decodeSafely(block, key);
    if (typeof found !== 'string') return found;
    this.#logger.warn('The cached search index is not used and made anew.', { file: this.fileOf(key), reason: found });
    return null;
  }

  /**
   * Writes beside the file and renames, so that nobody ever reads half an index. A folder that cannot be written costs
   * the next run a build and nothing else.
   */
  async write(key: string, block: Uint8Array): Promise<void> {
    const temporary = join(this.#folder, `.${randomUUID()}.tmp`);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(temporary, block);
      await rename(temporary, this.fileOf(key));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      this.#logger.warn('The search index could not be cached.', { folder: this.#folder, reason: String(error) });
    }
  }
}

function decodeSafely(block: Buffer<ArrayBuffer>, key: string): CompiledIndex | string {
  try {
    // A small file may come in a shared pool at an odd offset, where arrays of wider numbers cannot start.
    return decodeIndex(
      block.byteOffset % 8 === 0 ? new Uint8Array(block.buffer, block.byteOffset, block.length) : new Uint8Array(block),
      key,
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
