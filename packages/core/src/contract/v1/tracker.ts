/** What a tracker is told about the run whose metrics it gets. */
export interface TrackedRun {
  /** Name of the run: that of its folder. */
  readonly name: string;
  /** Folder of the run. A tracker keeps what it has to remember in `trackers/`, in files named after itself. */
  readonly folder: string;
  readonly strategy: string;
  readonly seed: number;
  /** The resolved configuration; JSON. */
  readonly config: unknown;
  /** The step after which the run goes on; `null`: it begins. */
  readonly resumedAfter: number | null;
}

/** How a run ended, as far as this process is concerned; an interrupted one may go on. */
export type TrackedEnd = 'finished' | 'interrupted' | 'failed';

/** Where metrics go. Keys are the metric names of the run folder; values are finite numbers. */
export interface Tracker {
  /** Before the first metrics, also when a run goes on. */
  begin?(run: TrackedRun): void | Promise<void>;
  /** After each step. Training waits for what it returns: a slow place is served in the background. */
  record(step: number, metrics: Readonly<Record<string, number>>): void | Promise<void>;
  /** After the last metrics, whatever ended the run; what is kept back is sent now. */
  end?(how: TrackedEnd): void | Promise<void>;
}
