import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { TurnwiseError } from '../errors/index.js';
import { writing } from './durable-files.js';

/**
 * Makes this process the only writer of a run folder. A lock left behind by a process of this machine that is gone is
 * taken over. Returns what releases it.
 *
 * @throws RUN_EXISTS while another process holds it.
 */
export async function lockRun(file: string): Promise<() => Promise<void>> {
  const owner = `${process.pid} ${hostname()}\n`;
  for (let attempt = 0; ; attempt++) {
    const taken = await writing(file, () => takeLock(file, owner));
    if (taken) return () => rm(file, { force: true });
    const [pid, host] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
    if (attempt > 0 || host !== hostname() || isAlive(Number(pid))) {
      throw new TurnwiseError('RUN_EXISTS', `Process ${pid} on ${host} is writing this run: ${file}.`, {
        where: file,
        hint: 'Wait for it or choose another --run-dir. If that process is gone, delete the lock file.',
      });
    }
    await rm(file, { force: true });
  }
}

/** The process of this machine that holds a lock, or `null` when none does that is alive. */
export async function lockHolder(file: string): Promise<number | null> {
  const [pid, host] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
  return host === hostname() && isAlive(Number(pid)) ? Number(pid) : null;
}

async function takeLock(file: string, owner: string): Promise<boolean> {
  try {
    const lock = await open(file, 'wx');
    await lock.writeFile(owner);
    await lock.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
