import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A PostgreSQL of its own, in a temporary folder, reached over a socket in that folder. */
export interface PostgresCluster {
  readonly connectionString: string;
  /** Ends every connection from the server's side, as a restart would. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** The folder of PostgreSQL's programs, or the reason why there is none to use. */
export function findPostgres(): { readonly programs: string } | { readonly reason: string } {
  const versions = '/usr/lib/postgresql';
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...(existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : []),
  ];
  const programs = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  if (programs === undefined) return { reason: 'PostgreSQL is not installed (Debian: apt-get install postgresql)' };
  if (process.getuid?.() === 0 && account() === null)
    return { reason: 'PostgreSQL does not run as root and there is no user postgres' };
  return { programs };
}

/** As whom to run it: as we are, but not as root, which PostgreSQL refuses; its Debian package brings a user for it. */
function account(): { uid?: number; gid?: number } | null {
  if (process.getuid?.() !== 0) return {};
  const [uid = NaN, gid = NaN] = ['-u', '-g'].map((flag) =>
    parseInt(spawnSync('id', [flag, 'postgres']).stdout.toString(), 10),
  );
  return Number.isNaN(uid) || Number.isNaN(gid) ? null : { uid, gid };
}

/** Makes and starts a cluster; takes a second or two. */
export async function startCluster(programs: string): Promise<PostgresCluster> {
  const user = account() ?? {};
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-postgres-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    { ...user, cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
  const control = (words: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn(join(programs, 'pg_ctl'), ['-D', data, '-w', ...words], {
        ...user,
        cwd: folder,
        stdio: 'ignore',
      });
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`pg_ctl ${words[0]} ended with ${code}`))));
    });
  const settings = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off -c shared_buffers=64MB`;
  const start = (): Promise<void> => control(['-l', join(folder, 'log'), '-o', settings, 'start']);
  const stop = (mode: string): Promise<void> => control(['-m', mode, 'stop']);
  await start();
  return {
    connectionString: `postgresql://postgres@/postgres?host=${encodeURIComponent(folder)}`,
    start,
    stop,
    async remove() {
      await stop('immediate').catch(() => undefined);
      await wait(50);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
