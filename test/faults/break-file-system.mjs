/**
 * Loaded before the command line (`--import`): makes the file system fail, or the process die, at the nth write below a
 * folder. Counted are whole writes of `fs/promises`: the calls by which a run folder changes. `FAULT` is JSON:
 * `{ folder, at, action }` with action `kill` (SIGKILL, a file write after half of its bytes), `count` (only says how
 * many there were, into `report`), or an error code such as `ENOSPC`, given to every write from there on.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';

const { folder, at = 0, action, report } = JSON.parse(process.env.FAULT);
let count = 0;

const isInside = (path) => typeof path === 'string' && resolve(path).startsWith(folder);

/** Before a change of `path`: dies or throws when its time has come. `half` writes a part first. */
async function before(call, path, half = async () => undefined) {
  count++;
  if (report !== undefined) appendFileSync(report, `${count} ${call} ${path}\n`);
  if (action === 'count' || count < at) return;
  if (action === 'kill') {
    await half();
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  await half();
  throw Object.assign(new Error(`${action}: injected, ${call} '${path}'`), { code: action, syscall: call, path });
}

const { open, writeFile } = promises;
for (const call of ['rename', 'rm', 'mkdir', 'link', 'rmdir', 'copyFile']) {
  const original = promises[call];
  promises[call] = async (path, ...rest) => {
    // Taking away what a failed write left needs no space.
    if (isInside(path) && (action === 'kill' || action === 'count' || !call.startsWith('rm'))) await before(call, path);
    return original(path, ...rest);
  };
}
promises.writeFile = async (path, data, ...rest) => {
  if (isInside(path)) await before('write', path, () => writeFileSync(path, data.slice(0, data.length / 2)));
  return writeFile(path, data, ...rest);
};
promises.open = async (path, flags, ...rest) => {
  const handle = await open(path, flags, ...rest);
  if (!isInside(path) || flags === undefined || flags === 'r') return handle;
  const whole = handle.writeFile.bind(handle);
  handle.writeFile = async (data, ...more) => {
    await before('write', path, () => whole(data.slice(0, data.length / 2)));
    return whole(data, ...more);
  };
  return handle;
};
syncBuiltinESMExports();
