import type { Logger, PluginContext, TrajectoryGroup, TurnRewards } from '../contract/index.js';
import type { ErrorCode } from '../errors/index.js';
import type { StreamPosition } from '../random/index.js';

/** What a worker is started with. */
export interface StartOrder {
  /** The file that holds the plugin. */
  readonly file: string;
  /** Whether it is a file of the project, which may be TypeScript, or the entry of a package. */
  readonly single: boolean;
  readonly id: string;
  /** How the configuration names it, and where. */
  readonly name: string;
  readonly where: string;
  readonly path: readonly (string | number)[];
  /** The `with` of the configuration. */
  readonly options: unknown;
  readonly paths: PluginContext['paths'];
  /** Where its random stream stands before it is created. */
  readonly random: StreamPosition;
}

/** One group to score, and where the plugin stands before it. */
export interface ShapeOrder {
  readonly kind: 'shape';
  /** Counts up; the reply carries it. */
  readonly ticket: number;
  readonly group: TrajectoryGroup;
  readonly step: number | null;
  readonly random: StreamPosition;
  /** State of a checkpoint, or of the worker before this one, to be taken back first. */
  readonly restore?: { readonly state: unknown };
}

export type ToWorker = ShapeOrder | { readonly kind: 'abort' } | { readonly kind: 'dispose' };

/** What `state()` gave, or what it failed with; `null` for a plugin without one. */
export type StateReport = { readonly value: unknown } | { readonly error: SentError } | null;

/** An error on its way between threads. `code` is set for errors of our own. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: ErrorCode | undefined;
  readonly hint?: string | undefined;
  readonly where?: string | undefined;
}

export type FromWorker =
  | {
      readonly kind: 'ready';
      readonly random: StreamPosition;
      readonly offers: { readonly state: boolean; readonly restore: boolean };
      readonly state: StateReport;
    }
  | { readonly kind: 'failed'; readonly error: SentError }
  | {
      readonly kind: 'shaped';
      readonly ticket: number;
      readonly rewards: readonly TurnRewards[];
      readonly random: StreamPosition;
      readonly state: StateReport;
    }
  | {
      readonly kind: 'threw';
      readonly ticket: number;
      readonly error: SentError;
      readonly random: StreamPosition;
      readonly state: StateReport;
    }
  | {
      readonly kind: 'log';
      readonly level: keyof Logger;
      readonly message: string;
      readonly fields?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly kind: 'metric'; readonly name: string; readonly value: number }
  | { readonly kind: 'disposed'; readonly error?: SentError };
