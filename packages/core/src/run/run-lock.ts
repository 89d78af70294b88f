import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { TurnwiseError } from '../errors/index.js';
import { writing } from './durable-files.js';

/** Who holds a lock. `since` tells a process from a later one with the same number; empty where that is not known. */
interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Makes this process the only writer of a run folder. A lock left behind by a process of this machine that is gone is
 * taken over, also when its number belongs to another process by now (a restarted container, a reboot). The file
 * appears with its content, so that nobody reads half of it. Returns what releases it.
 *
 * @throws RUN_EXISTS while another process holds it.
 */
export async function lockRun(file: string): Promise<() => Promise<void>> {
  const own = `${process.pid} ${hostname()} ${await startOf(process.pid)}`.trim();
  for (let attempt = 0; ; attempt++) {
    if (await writing(file, () => takeLock(file, own))) return () => rm(file, { force: true });
    const held = await readFile(file, 'utf8').catch(() => null);
    if (held === null && attempt < 5) continue;
    const owner = ownerIn(held ?? '');
    const gone = owner !== null && owner.host === hostname() && !(await isRunning(owner));
    if (attempt < 5 && held !== null && gone && (await writing(file, () => setAside(file, held)))) continue;
    const who = owner === null ? 'Another process' : `Process ${owner.pid} on ${owner.host}`;
    throw new TurnwiseError('RUN_EXISTS', `${who} is writing this run: ${file}.`, {
      where: file,
      hint: 'Wait for it or choose another --run-dir. If that process is gone, delete the lock file.',
    });
  }
}

/** The process of this machine that holds a lock, or `null` when none does that is alive. */
export async function lockHolder(file: string): Promise<number | null> {
  const owner = ownerIn(await readFile(file, 'utf8').catch(() => ''));
  return owner !== null && owner.host === hostname() && (await isRunning(owner)) ? owner.pid : null;
}

/** A hard link is made with its content or not at all, and never over another. */
async function takeLock(file: string, owner: string): Promise<boolean> {
  const temporary = `${file}.${process.pid}.partial`;
  try {
    await writeFile(temporary, `${owner}\n`);
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Takes away a lock that was read; one that somebody else took in the meantime is put back. */
async function setAside(file: string, read: string): Promise<boolean> {
  const aside = `${file}.${process.pid}.removed`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) === read) return true;
    await link(aside, file);
    return false;
  } catch (error) {
    if (['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return true;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** `<pid> <host> [<since>]`; `null` for anything else. */
function ownerIn(text: string): LockOwner | null {
  const [pid = '', host = '', since = ''] = text.trim().split(' ');
  return /^[1-9]\d*$/.test(pid) && host !== '' ? { pid: Number(pid), host, since } : null;
}

async function isRunning({ pid, since }: LockOwner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists but belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = await startOf(pid);
  return since === '' || started === '' || since === started;
}

/** When a process began, as Linux tells: the boot and the clock ticks since it. Empty elsewhere. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).slice(0, 8);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces; the start is the 22nd field of all.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot}:${ticks}`;
  } catch {
    return '';
  }
}
