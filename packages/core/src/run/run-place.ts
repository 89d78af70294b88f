import { basename, extname, join } from 'node:path';
import type { LoadedConfig } from '../config/index.js';

/**
 * Where a run is recorded when nobody says: `<run.folder or runs/>/<run.name or configuration-strategy-seed-time>`.
 *
 * @param currentFolder `runs/` is made here.
 */
export function runPlace({ config, file, strategy }: LoadedConfig, currentFolder: string, now = new Date()): string {
  const folder = config.run.folder ?? join(currentFolder, 'runs');
  if (config.run.name !== undefined) return join(folder, config.run.name);
  const title = file === null ? 'run' : basename(file, extname(file)).replace(/[^\w-]+/g, '-');
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return join(folder, `${title}-${strategy}-seed${config.seed}-${time}`);
}
