import { TurnwiseError } from '../errors/index.js';
import type { RunManifest } from './run-manifest.js';

/**
 * Checks that questions, corpus and search are those of a recorded run: a file that changed under the same name would
 * make another run of it, and nobody would see.
 *
 * @throws RUN_DATA_CHANGED naming what changed.
 */
export function assertSameData(path: string, before: RunManifest, now: Pick<RunManifest, 'data' | 'searchKey'>): void {
  for (const part of ['train', 'eval', 'corpus'] as const) {
    const [was, is] = [before.data[part], now.data[part]];
    if (was === undefined || is === undefined || was.sha256 === is.sha256) continue;
    const what = part === 'corpus' ? 'corpus' : `data.${part}`;
    throw new TurnwiseError(
      'RUN_DATA_CHANGED',
      `${what} is not what the run in ${path} began with: SHA-256 ${short(is.sha256)} (${is.count}) instead of ${short(was.sha256)} (${was.count}).`,
      { where: what, hint: 'Bring the former file back, or start a new run in another --run-dir.' },
    );
  }
  if (before.searchKey === undefined || before.searchKey === now.searchKey) return;
  throw new TurnwiseError('RUN_DATA_CHANGED', `The search of the run in ${path} had another corpus or other options.`, {
    where: 'search',
    hint: 'Bring them back, or start a new run in another --run-dir.',
  });
}

/** Plugins whose code is not what the run was recorded with, for a warning. */
export function changedPlugins(before: RunManifest, now: Pick<RunManifest, 'plugins'>): string[] {
  return now.plugins.flatMap(({ kind, id, version, integrity }) => {
    const was = before.plugins.find((plugin) => plugin.kind === kind && plugin.id === id);
    if (was === undefined || (was.version === version && was.integrity === integrity)) return [];
    return [was.version === version ? `${kind} ${id}` : `${kind} ${id} (${was.version} -> ${version})`];
  });
}

function short(digest: string): string {
  return digest.slice(0, 12);
}
