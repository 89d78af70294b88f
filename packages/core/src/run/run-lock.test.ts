import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { lockHolder, lockRun } from './run-lock.js';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-lock-'));
  file = join(folder, 'run.lock');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The number of a process that is gone. */
const gone = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('lockRun', () => {
  it('names its process, and leaves nothing behind when released', async () => {
    const release = await lockRun(file);
    expect(readFileSync(file, 'utf8').split(' ').slice(0, 2)).toEqual(
      [String(process.pid), hostname()].map((word, index) => (index === 1 ? expect.stringContaining(word) : word)),
    );
    expect(await lockHolder(file)).toBe(process.pid);
    await expect(lockRun(file)).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    await release();
    expect(readdirSync(folder)).toEqual([]);
    expect(await lockHolder(file)).toBeNull();
  });

  it('lets one of many in when all find the lock of a process that is gone', async () => {
    const former = gone();
    for (let round = 0; round < 20; round++) {
      writeFileSync(file, `${former} ${hostname()}\n`);
      const takers = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(file)));
      const winners = takers.filter(({ status }) => status === 'fulfilled');
      expect(winners).toHaveLength(1);
      rmSync(file);
    }
  });

  it('takes over from a former process whose number another has now', async () => {
    if (!existsSync('/proc/self/stat')) return;
    writeFileSync(file, `${process.pid} ${hostname()} 00000000:1\n`);
    expect(await lockHolder(file)).toBeNull();
    await (
      await lockRun(file)
    )();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is held by a process of another user too, and by one whose beginning nobody knows', async () => {
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not yours'), { code: 'EPERM' });
    });
    // A number that no process has, so that its beginning is not known.
    writeFileSync(file, `999999999 ${hostname()} 00000000:1\n`);
    expect(await lockHolder(file)).toBe(999999999);
    await expect(lockRun(file)).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    writeFileSync(file, `${process.pid} ${hostname()}\n`);
    expect(await lockHolder(file)).toBe(process.pid);
    jest.restoreAllMocks();
    writeFileSync(file, `1 another-${hostname()}\n`);
    expect(await lockHolder(file)).toBeNull();
  });

  it('tells when the lock cannot be made at all', async () => {
    await expect(lockRun(join(folder, 'none/run.lock'))).rejects.toMatchObject({ code: 'RUN_WRITE_FAILED' });
  });

  it('keeps out of a folder that another machine holds, or whose lock cannot be read', async () => {
    for (const text of [
      `1 another-${hostname()}\n`,
      '',
      `x1 ${hostname()}\n`,
      `1x ${hostname()}\n`,
      `${process.pid}\n`,
    ]) {
      writeFileSync(file, text);
      await expect(lockRun(file)).rejects.toMatchObject({
        code: 'RUN_EXISTS',
        hint: expect.stringContaining('delete the lock file') as unknown,
      });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });
});
