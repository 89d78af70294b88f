import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TurnwiseError } from '../errors/index.js';

/** Runs a write; a failure of the file system becomes `RUN_WRITE_FAILED` with the path, anything else passes. */
export async function writing<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    if (!isFileSystemError(cause)) throw cause;
    throw new TurnwiseError('RUN_WRITE_FAILED', `Writing ${path} failed: ${cause.message}`, {
      where: path,
      hint: `${mend(cause.code)} What was written before is intact.`,
      cause,
    });
  }
}

function mend(code: string | undefined): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'The disk is full: make room, then go on with --resume.';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return 'This place may not be written: permit it and go on with --resume, or choose another --run-dir.';
  }
  return 'Check free space and permissions, then go on with --resume.';
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;
}

/** Writes a file whole or not at all: into a temporary file beside it, to the disk, then renamed. */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.partial`;
  await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeThrough(temporary, text);
      await rename(temporary, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/** Appends to a file in one write and brings it to the disk. What a failed write left is cut off again. */
export async function appendThrough(path: string, data: string | Uint8Array): Promise<void> {
  await writing(path, async () => {
    const file = await open(path, 'a');
    try {
      const { size } = await file.stat();
      try {
        await file.writeFile(data);
        await file.sync();
      } catch (error) {
        await file.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
  });
}

/**
 * Fills a folder whole or not at all: `fill` gets an empty temporary folder beside it, which is brought to the disk and
 * renamed. What stood there before is replaced.
 */
export async function writeFolderWhole(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.partial`;
  const former = `${path}.former`;
  await writing(path, async () => {
    try {
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      await fill(temporary);
      await syncTree(temporary);
      await rm(former, { recursive: true, force: true });
      await rename(path, former).catch(ignoreMissing);
      await rename(temporary, path);
      await syncFolder(dirname(path));
      await rm(former, { recursive: true, force: true });
    } catch (error) {
      await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Removes a folder so that nobody takes what is left of it for the whole: it loses its name first. Leftovers of an
 * interrupted removal or write go with {@link removeLeftovers}.
 */
export async function removeFolderWhole(path: string): Promise<void> {
  const removed = `${path}.removed`;
  await writing(path, async () => {
    await rm(removed, { recursive: true, force: true });
    await rename(path, removed).catch(ignoreMissing);
    await rm(removed, { recursive: true, force: true });
  });
}

/** Clears a folder of what interrupted writes and removals left in it; what they were about to replace comes back. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  await writing(folder, async () => {
    for (const name of names) {
      const path = join(folder, name);
      if (name.endsWith('.former') && !names.includes(name.slice(0, -'.former'.length))) {
        await rename(path, path.slice(0, -'.former'.length));
      } else if (/\.(partial|former|removed)$/.test(name)) {
        await rm(path, { recursive: true, force: true });
      }
    }
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function writeThrough(path: string, data: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await syncPath(path);
  }
  await syncFolder(folder);
}

/** Names are durable once their folder is; Windows cannot open folders, and brings names to the disk itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform !== 'win32') await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
