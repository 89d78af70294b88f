import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '@turnwise/core';
import { expectsSame, resumesEqual, type FaultCase, type Whole } from './fault-case.js';
import { leftoversIn, train } from './fault-run.js';

export function injectedCases(whole: Whole, seed: number, count: number): FaultCase[] {
  const random = randomStream(seed, 'injected');
  const names = {
    ENOSPC: 'full disk (ENOSPC from a write on)',
    EROFS: 'folder becomes read-only (EROFS)',
    EACCES: 'permission lost (EACCES)',
  };
  return (['ENOSPC', 'EROFS', 'EACCES'] as const).map((action) => ({
    name: names[action],
    expects: `exit 1, one RUN_WRITE_FAILED, nothing half-written; ${expectsSame}`,
    tries: Array.from({ length: count }, () => {
      const at = 1 + random.integer(whole.writes);
      return async (run: string): Promise<string | null> => {
        const { code, error } = await train(whole.place, run, { action, at });
        return refused(code, error) ?? resumesEqual(whole, run);
      };
    }),
  }));
}

function refused(code: number | null, error: string): string | null {
  if (code !== 1) return `ended with ${code} instead of 1: ${error}`;
  const errors = error.match(/^error .*$/gm) ?? [];
  return errors.length === 1 && errors.join().includes('RUN_WRITE_FAILED') ? null : `said ${errors.join(' | ')}`;
}

/** Mounts a small file system; `null` where that is not permitted. */
function mount(place: string, options: string): boolean {
  mkdirSync(place, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).status === 0;
}

/** A file system of its own that is really full, and one that is really read-only. */
export function mountedCases(whole: Whole): FaultCase[] {
  const probe = join(whole.place, 'probe');
  const permitted = process.platform === 'linux' && mount(probe, 'size=64k');
  if (permitted) spawnSync('umount', [probe]);
  const skip = permitted ? {} : { skipped: 'needs Linux and the right to mount a tmpfs' };
  const inMount =
    (options: string, work: (run: string, remount: (options: string) => void) => Promise<string | null>) =>
    async (run: string) => {
      if (!mount(run, options)) return 'could not be mounted';
      try {
        return await work(join(run, 'run'), (changed) => void spawnSync('mount', ['-o', `remount,${changed}`, run]));
      } finally {
        spawnSync('umount', [run]);
      }
    };
  return [
    {
      name: 'full disk (a tmpfs of 1 to 3 MB)',
      expects: `exit 1, one RUN_WRITE_FAILED, nothing half-written; with room again ${expectsSame}`,
      ...skip,
      tries: [1, 2, 3].map((megabytes) =>
        inMount(`size=${megabytes}m`, async (run, remount) => {
          const { code, error } = await train(whole.place, run);
          const wrong = refused(code, error);
          if (wrong !== null) return wrong;
          const left = leftoversIn(run);
          if (left.length > 0) return `left behind ${left.join(', ')}`;
          remount('size=64m');
          return resumesEqual(whole, run);
        }),
      ),
    },
    {
      name: 'read-only file system, at the start and when going on',
      expects: `exit 1, one RUN_WRITE_FAILED, nothing changed; ${expectsSame}`,
      ...skip,
      tries: [
        inMount('size=64m', async (run, remount) => {
          remount('ro');
          const { code, error } = await train(whole.place, run);
          remount('rw');
          return refused(code, error) ?? resumesEqual(whole, run);
        }),
        inMount('size=64m', async (run, remount) => {
          const killed = await train(whole.place, run, { action: 'kill', at: Math.floor(whole.writes / 2) });
          if (killed.code !== null) return 'not killed';
          remount('ro');
          const { code, error } = await train(whole.place, run);
          remount('rw');
          return refused(code, error) ?? resumesEqual(whole, run);
        }),
      ],
    },
  ];
}
