import type { Metrics } from './step-metrics.js';

/** When the mean of a metric over the window has gone wrong; at least one limit is set. */
export interface WatchLimit {
  readonly below?: number | undefined;
  readonly above?: number | undefined;
  /** Share of the highest mean so far. Only for positive values. */
  readonly drop?: number | undefined;
  /** Multiple of the lowest mean so far. Only for positive values. */
  readonly rise?: number | undefined;
  readonly action: 'warn' | 'stop' | 'rollback';
}

const watchedNames = ['entropy', 'kl', 'invalidRate', 'length', 'searchRate', 'reward'] as const;
export type WatchedName = (typeof watchedNames)[number];

export interface WatchdogSettings extends Readonly<Record<WatchedName, WatchLimit | null>> {
  /** Steps. */
  readonly window: number;
  readonly rollback: { readonly learningRateFactor: number; readonly reorder: boolean; readonly most: number };
}

/** A limit that was crossed: the mean was within it one step before. */
export interface Alarm {
  readonly name: WatchedName;
  readonly metric: string;
  /** The mean over the window. */
  readonly mean: number;
  /** Which limit, in words: `below 0.1`. */
  readonly limit: string;
  readonly action: WatchLimit['action'];
}

/** What the watchdog remembers, for checkpoints. */
export interface WatchdogState {
  readonly recent: Readonly<Partial<Record<WatchedName, readonly number[]>>>;
  readonly highest: Readonly<Partial<Record<WatchedName, number>>>;
  readonly lowest: Readonly<Partial<Record<WatchedName, number>>>;
  /** Limits that are crossed at present: they fire again only after they were not. */
  readonly crossed: readonly WatchedName[];
}

const nothing: WatchdogState = { recent: {}, highest: {}, lowest: {}, crossed: [] };

/** What is compared. `length` is a mean over trajectories, so it does not move with the size of a batch. */
const metricOf: Record<WatchedName, { metric: string; read: (metrics: Metrics, trajectories: number) => number }> = {
  entropy: { metric: 'update/entropy', read: (metrics) => metrics['update/entropy'] ?? Number.NaN },
  kl: { metric: 'update/kl', read: (metrics) => metrics['update/kl'] ?? Number.NaN },
  invalidRate: { metric: 'rollout/invalid-rate', read: (metrics) => metrics['rollout/invalid-rate'] ?? Number.NaN },
  length: {
    metric: 'rollout/tokens a trajectory',
    read: (metrics, trajectories) => (metrics['rollout/tokens'] ?? Number.NaN) / trajectories,
  },
  searchRate: { metric: 'rollout/search-rate', read: (metrics) => metrics['rollout/search-rate'] ?? Number.NaN },
  reward: { metric: 'reward/outcome-mean', read: (metrics) => metrics['reward/outcome-mean'] ?? Number.NaN },
};

/**
 * Watches for the signs by which search agents are seen to collapse: the policy stops exploring, drifts, writes nothing
 * that parses, runs on, stops searching, or loses its reward. A value is the mean of the last `window` steps, so that
 * one odd batch is none; nothing fires before there are as many.
 */
export class Watchdog {
  #state: WatchdogState;

  constructor(
    private readonly settings: WatchdogSettings,
    state: WatchdogState | null = null,
  ) {
    this.#state = state ?? nothing;
  }

  get state(): WatchdogState {
    return this.#state;
  }

  /** Whether any limit would take the run back. */
  get mayRollBack(): boolean {
    return watchedNames.some((name) => this.settings[name]?.action === 'rollback');
  }

  /**
   * Looks at a step. The gravest alarm comes first: rollback, stop, warn.
   *
   * @param trajectories sampled in the step
   */
  look(metrics: Metrics, trajectories: number): Alarm[] {
    const { window } = this.settings;
    const recent = { ...this.#state.recent };
    const highest = { ...this.#state.highest };
    const lowest = { ...this.#state.lowest };
    const crossed: WatchedName[] = [];
    const alarms: Alarm[] = [];
    for (const name of watchedNames) {
      const limit = this.settings[name];
      const { metric, read } = metricOf[name];
      const value = read(metrics, trajectories);
      if (limit === null || !Number.isFinite(value)) continue;
      const values = [...(recent[name] ?? []), value].slice(-window);
      recent[name] = values;
      if (values.length < window) continue;
      const mean = values.reduce((sum, one) => sum + one, 0) / window;
      const broken = brokenLimit(limit, mean, highest[name] ?? mean, lowest[name] ?? mean);
      highest[name] = Math.max(mean, highest[name] ?? mean);
      lowest[name] = Math.min(mean, lowest[name] ?? mean);
      if (broken === null) continue;
      crossed.push(name);
      if (this.#state.crossed.includes(name)) continue;
      alarms.push({ name, metric, mean, limit: broken, action: limit.action });
    }
    this.#state = { recent, highest, lowest, crossed };
    const order = ['rollback', 'stop', 'warn'];
    return alarms.sort((one, other) => order.indexOf(one.action) - order.indexOf(other.action));
  }
}

/** The first limit that a mean is beyond, in words; `null`: none. */
function brokenLimit(
  { below, above, drop, rise }: WatchLimit,
  mean: number,
  highest: number,
  lowest: number,
): string | null {
  if (below !== undefined && mean < below) return `below ${below}`;
  if (above !== undefined && mean > above) return `above ${above}`;
  if (drop !== undefined && highest > 0 && mean <= (1 - drop) * highest) {
    return `${100 * drop}% below its highest, ${shortNumber(highest)}`;
  }
  if (rise !== undefined && lowest > 0 && mean > rise * lowest)
    return `${rise} times its lowest, ${shortNumber(lowest)}`;
  return null;
}

export function shortNumber(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
