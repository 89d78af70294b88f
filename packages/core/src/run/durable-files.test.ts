import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf as failure } from '../errors/failure-of.fixture.js';
import {
  appendThrough,
  removeFolderWhole,
  removeLeftovers,
  writeFileWhole,
  writeFolderWhole,
  writing,
} from './durable-files.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-durable-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const diskFull = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' });

/** What every opened file inherits from. */
async function fileHandles(): Promise<{ sync: () => Promise<void>; writeFile: (data: unknown) => Promise<void> }> {
  const handle = await open(folder, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as Awaited<ReturnType<typeof fileHandles>>;
}

describe('writing', () => {
  it.each([
    ['ENOSPC', 'disk is full'],
    ['EDQUOT', 'disk is full'],
    ['EROFS', 'may not be written'],
    ['EACCES', 'may not be written'],
    ['EPERM', 'may not be written'],
    ['EIO', 'Check free space and permissions'],
  ])('says after %s what to mend', async (code, says) => {
    const cause = Object.assign(new Error('no'), { code, syscall: 'write' });
    const error = await failure(writing('/a/file', () => Promise.reject(cause)));
    expect(error).toMatchObject({ code: 'RUN_WRITE_FAILED', where: '/a/file', cause });
    expect(error.hint).toContain(says);
  });

  it.each([
    ['an error of the code', new TypeError('undefined is not a function')],
    ['an error with a code alone', Object.assign(new Error('odd'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['no error at all', null],
    ['a text', 'thrown'],
  ])('lets %s pass as it is', async (_, cause) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what others may throw
    const error: unknown = await writing('/a/file', () => Promise.reject(cause)).catch((thrown: unknown) => thrown);
    expect(error).toBe(cause);
  });
});

describe('a file', () => {
  it('is brought to the disk before it gets its name, and its folder after', async () => {
    const prototype = await fileHandles();
    const before: boolean[] = [];
    const sync = prototype.sync;
    jest.spyOn(prototype, 'sync').mockImplementation(function (this: unknown) {
      before.push(existsSync(join(folder, 'deep/file')));
      return sync.call(this as typeof prototype);
    });
    await writeFileWhole(join(folder, 'deep/file'), 'text');
    expect(before).toEqual(process.platform === 'win32' ? [false] : [false, true]);
    expect(readFileSync(join(folder, 'deep/file'), 'utf8')).toBe('text');
  });

  it('stays what it was when it cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFileWhole(file, 'before');
    jest.spyOn(await fileHandles(), 'writeFile').mockRejectedValue(diskFull());
    expect((await failure(writeFileWhole(file, 'after'))).code).toBe('RUN_WRITE_FAILED');
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(file, 'utf8')).toBe('before');
  });

  it('that grows ends where it ended when not all could be appended', async () => {
    const file = join(folder, 'lines');
    await appendThrough(file, 'one\n');
    const prototype = await fileHandles();
    const write = prototype.writeFile;
    jest.spyOn(prototype, 'writeFile').mockImplementation(async function (this: unknown, data) {
      await write.call(this as typeof prototype, (data as string).slice(0, 2));
      throw diskFull();
    });
    expect((await failure(appendThrough(file, 'two\n'))).code).toBe('RUN_WRITE_FAILED');
    jest.restoreAllMocks();
    await appendThrough(file, 'three\n');
    expect(readFileSync(file, 'utf8')).toBe('one\nthree\n');
  });

  it('that grows is on the disk when it is appended to', async () => {
    const sync = jest.spyOn(await fileHandles(), 'sync');
    await appendThrough(join(folder, 'lines'), 'one\n');
    expect(sync).toHaveBeenCalledTimes(1);
  });
});

describe('a folder', () => {
  const fill = (text: string) => (place: string) => {
    mkdirSync(join(place, 'deep'));
    writeFileSync(join(place, 'deep/weights'), text);
    return Promise.resolve();
  };

  it('replaces what stood there, and what a crash left beside it', async () => {
    const place = join(folder, 'checkpoint');
    for (const name of ['checkpoint', 'checkpoint.partial', 'checkpoint.former']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'old'), '');
    }
    await writeFolderWhole(place, fill('new'));
    expect(readdirSync(folder)).toEqual(['checkpoint']);
    expect(readdirSync(place)).toEqual(['deep']);
    expect(readFileSync(join(place, 'deep/weights'), 'utf8')).toBe('new');
  });

  it('has all files and folders of it on the disk before it gets its name', async () => {
    const place = join(folder, 'checkpoint');
    const prototype = await fileHandles();
    const sync = prototype.sync;
    const named: boolean[] = [];
    jest.spyOn(prototype, 'sync').mockImplementation(function (this: unknown) {
      named.push(existsSync(place));
      return sync.call(this as typeof prototype);
    });
    await writeFolderWhole(place, fill('new'));
    // The file, its folder, the folder above; then the one that holds the name.
    expect(named).toEqual(process.platform === 'win32' ? [false] : [false, false, false, true]);
  });

  it('stays what it was when the new one does not get to the disk', async () => {
    const place = join(folder, 'checkpoint');
    await writeFolderWhole(place, fill('old'));
    jest.spyOn(await fileHandles(), 'sync').mockRejectedValue(diskFull());
    expect((await failure(writeFolderWhole(place, fill('new')))).code).toBe('RUN_WRITE_FAILED');
    expect(readdirSync(folder)).toEqual(['checkpoint']);
    expect(readFileSync(join(place, 'deep/weights'), 'utf8')).toBe('old');
  });

  it('that cannot give up its name is told, not overwritten', async () => {
    // A name that leads through a file: the folder cannot be moved, for another reason than that there is none.
    writeFileSync(join(folder, 'file'), '');
    expect((await failure(removeFolderWhole(join(folder, 'file/checkpoint')))).code).toBe('RUN_WRITE_FAILED');
  });

  it('is removed with what an earlier removal left; one that is not there is no fault', async () => {
    mkdirSync(join(folder, 'one.removed/deep'), { recursive: true });
    mkdirSync(join(folder, 'one/deep'), { recursive: true });
    await removeFolderWhole(join(folder, 'one'));
    await removeFolderWhole(join(folder, 'none'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('leftovers', () => {
  it('go, and what was about to be replaced comes back', async () => {
    for (const name of ['one', 'one.former', 'two.former', 'two.partial', 'three.removed', 'four.partial.txt']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'content'), name);
    }
    await removeLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual(['four.partial.txt', 'one', 'two']);
    expect(readFileSync(join(folder, 'one/content'), 'utf8')).toBe('one');
    expect(readFileSync(join(folder, 'two/content'), 'utf8')).toBe('two.former');
  });

  it('of a folder that is not there are none', async () => {
    await expect(removeLeftovers(join(folder, 'none'))).resolves.toBeUndefined();
  });
});
