/** Where metrics go. Keys are the metric names of the run folder; values are finite numbers. */
export interface Tracker {
  record(step: number, metrics: Readonly<Record<string, number>>): void | Promise<void>;
}
