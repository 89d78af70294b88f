import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writing } from './durable-files.js';

const bufferedCharacters = 1 << 18;

/**
 * A file of JSON lines that is written piece by piece and is there whole or not at all: into a temporary file beside it,
 * which `finish` brings to the disk and renames. Closed without that, it leaves nothing.
 */
export class LineFile implements AsyncDisposable {
  private buffered: string[] = [];
  private characters = 0;
  private finished = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws RUN_WRITE_FAILED, as every method does when the disk does not take a write. */
  static async create(path: string): Promise<LineFile> {
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new LineFile(path, await open(`${path}.partial`, 'w'));
    });
  }

  async write(value: unknown): Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    this.buffered.push(line);
    this.characters += line.length;
    if (this.characters >= bufferedCharacters) await this.flush();
  }

  async finish(): Promise<void> {
    await this.flush();
    await writing(this.path, async () => {
      await this.handle.sync();
      await this.handle.close();
      await rename(`${this.path}.partial`, this.path);
    });
    this.finished = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.finished) return;
    await this.handle.close().catch(() => undefined);
    await rm(`${this.path}.partial`, { force: true });
  }

  private async flush(): Promise<void> {
    const text = this.buffered.join('');
    this.buffered = [];
    this.characters = 0;
    // Not `write`: on a disk that fills up it writes a part, says how much, and does not fail.
    await writing(this.path, () => this.handle.writeFile(text));
  }
}
