import { open, rename, rm } from 'node:fs/promises';

let counter = 0;

/** Writes a file under a temporary name, flushes it to the disk and renames it: it is there whole or not at all. */
export async function writeFileAtomically(path: string, parts: readonly (string | Uint8Array)[]): Promise<void> {
  const temporary = `${path}.${process.pid}-${counter++}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
