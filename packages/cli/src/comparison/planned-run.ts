import { join } from 'node:path';
import type { LoadedConfig } from '@turnwise/core';
import type { ConfigOptions, Session } from '../session.js';
import { strategySetting } from '../strategy-names.js';

/** One training of a comparison. */
export interface PlannedRun {
  readonly strategy: string;
  readonly seed: number;
  readonly folder: string;
  /** `-c` and `--set` of the training. */
  readonly options: { readonly config: string; readonly set: readonly string[]; readonly locked?: boolean };
  readonly loaded: LoadedConfig;
}

/**
 * The runs of a comparison, seed by seed, so that one that is cut short has all strategies on the seeds that it has.
 * Every configuration is checked before anything starts.
 */
export async function planRuns(
  session: Session,
  options: ConfigOptions & { readonly config: string },
  strategies: readonly string[],
  seeds: readonly number[],
  folder: string,
): Promise<PlannedRun[]> {
  const plan: PlannedRun[] = [];
  for (const seed of seeds) {
    for (const strategy of strategies) {
      const setting = strategySetting(strategy, `--strategies ${strategies.join(',')}`);
      const loaded = await session.load({ config: options.config, set: [...options.set, setting, `seed=${seed}`] });
      const set = [...options.set, setting.text, `seed=${seed}`];
      plan.push({
        strategy,
        seed,
        folder: join(folder, 'runs', `${strategy}-seed${seed}`),
        options: { config: options.config, set, ...(options.locked === true ? { locked: true } : {}) },
        loaded,
      });
    }
  }
  return plan;
}
