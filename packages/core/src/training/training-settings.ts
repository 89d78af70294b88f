import type { Objective, Question, Tracker } from '../contract/index.js';
import type { NamedEstimator, WeightedShaper } from '../credit/index.js';
import type { EvaluationReport, QuestionScore } from '../evaluation/index.js';
import type { DeadGroups } from './dead-groups.js';
import type { Curriculum } from './choose-questions.js';
import type { Quarantine } from './faulty-groups.js';
import type { BestBy, Retention } from './retention.js';
import type { BestValue, SavesPlugins, TrainerState, TrainingEvent } from './trainer-state.js';
import type { RolloutOptions, RolloutParts } from '../rollout/index.js';
import type { WatchdogSettings } from './watchdog.js';

/** Everything a training run is made of. */
export interface TrainingParts extends RolloutParts {
  readonly rewards: readonly WeightedShaper[];
  readonly advantage: NamedEstimator;
  readonly trackers: readonly Tracker[];
  /** What plugins know, for checkpoints. Absent: nothing of it is kept. */
  readonly pluginStates?: SavesPlugins;
}

export interface TrainingSettings {
  readonly seed: number;
  readonly rollout: RolloutOptions & {
    readonly questionsPerStep: number;
    /**
     * By how many updates a sample may be older than the weights that learn from it. Absent: 0, rollouts and updates
     * take turns.
     */
    readonly maxStaleness?: number;
  };
  readonly objective: Objective;
  readonly training: {
    readonly steps: number;
    readonly learningRate: number;
    readonly warmupSteps: number;
    readonly schedule: 'constant' | 'linear';
    readonly weightDecay: number;
    readonly maxGradientNorm: number | null;
    /** Updates made on each batch of rollouts. */
    readonly epochs: number;
    readonly deadGroups: DeadGroups;
    /** Steps between held-out measurements; 0: only before the first and after the last step. */
    readonly evalEvery: number;
    /** Steps between checkpoints; 0: only at the end. */
    readonly checkpointEvery: number;
    /** How many of the newest checkpoints stay; absent or `null`: all. */
    readonly keepCheckpoints?: number | null;
    /** A step that is the best so far by this metric gets a checkpoint, which stays. Absent or `null`: none does. */
    readonly keepBest?: BestBy | null;
    /** How many steps lie between those whose trajectories are recorded; 0: none are. Absent: 1. */
    readonly trajectoriesEvery?: number;
    /**
     * How many of the newest recorded steps keep their trajectories once there is a checkpoint; absent or `null`: all.
     */
    readonly keepTrajectories?: number | null;
    /** Alarms on a run that collapses. Absent: nothing is watched. */
    readonly watchdog?: WatchdogSettings;
    /**
     * When a question is set aside. Absent or `null`: a reward that fails ends the run, and no question is set aside.
     */
    readonly quarantine?: Quarantine | null;
    /** How questions are chosen. Absent: every question once in each pass over the data. */
    readonly curriculum?: Curriculum;
  };
  /** Held-out measurement during training. */
  readonly evaluation: { readonly temperature: number; readonly groupSize: number };
}

export interface TrainingData {
  readonly train: readonly Question[];
  readonly evaluation: readonly Question[];
}

/** Where a run is recorded. The run folder is one. */
export interface TrainingRecord {
  appendMetrics(metrics: Readonly<Record<string, number>>): Promise<void>;
  writeTrajectories(step: number, lines: readonly unknown[]): Promise<void>;
  /** Writes how each held-out question did after this step. */
  writeEvaluation(step: number, scores: readonly QuestionScore[]): Promise<void>;
  appendEvent(event: TrainingEvent): Promise<void>;
  /** Calls `write` with a fresh folder, adds the state, and keeps the whole or nothing; returns its final place. */
  writeCheckpoint(step: number, state: TrainerState, write: (folder: string) => Promise<void>): Promise<string>;
  /** Says which checkpoint is the best. */
  writeBest(best: BestValue, by: BestBy): Promise<void>;
  /** Removes the checkpoints that need not stay. */
  pruneCheckpoints(retention: Retention): Promise<void>;
  /** Removes the trajectories of all recorded steps but the newest; the number says how many stay. */
  pruneTrajectories(newest: number): Promise<void>;
  /**
   * Goes back to the newest whole checkpoint of at most that step: what was recorded after it is put aside under the
   * number of the rollback. Returns where that is; `null` when there is no such checkpoint, and nothing is changed.
   */
  goBack(latest: number, rollback: number): Promise<Omit<ResumePoint, 'before' | 'after'> | null>;
}

/** Where an interrupted run goes on: after the last step that has a checkpoint. */
export interface ResumePoint {
  readonly step: number;
  /** Folder of the checkpoint. */
  readonly checkpoint: string;
  /** What the loop knew; `null` in checkpoints of versions that did not keep it. */
  readonly state: TrainerState | null;
  /** The recorded measurement before the first step. */
  readonly before: HeldOutScores;
  /** The last recorded measurement up to that step. */
  readonly after: HeldOutScores;
}

/** The part of an evaluation that is recorded in `metrics.jsonl`. */
export type HeldOutScores = Pick<EvaluationReport, 'exactMatch' | 'f1' | 'goldRetrieved' | 'turnsMean' | 'unanswered'> &
  Partial<Pick<EvaluationReport, 'coverMatch' | 'supportingRecall' | 'invalidRate' | 'failures'>>;

export interface TrainingOptions {
  /** Where metrics, trajectories, events and checkpoints go. */
  readonly record: TrainingRecord;
  /** Once aborted, the step under way is given up, and the run ends with this signal's reason. */
  readonly signal: AbortSignal;
  /** Once aborted, the step under way is finished, recorded and saved, and the run ends with this signal's reason. */
  readonly interrupt?: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
  /** Called with what happened beside the metrics, once it is recorded: alarms of the watchdog, questions set aside. */
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Go on after this step instead of starting; the record has been rewound to it. */
  readonly resume?: ResumePoint;
}

/** What a step is doing, for the progress line. */
export interface StepProgress {
  readonly step: number;
  readonly steps: number;
  /** `event`: something happened beside the metrics; `message` says what. */
  readonly phase: 'rollout' | 'update' | 'evaluation' | 'done' | 'event';
  readonly message?: string;
  readonly done?: number;
  readonly total?: number;
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface TrainingSummary {
  /** Steps made by this process. */
  readonly steps: number;
  /** Held-out measurement before the first step. */
  readonly before: HeldOutScores;
  /** Held-out measurement after the last step. */
  readonly after: HeldOutScores;
  /** Trajectories sampled for training by this process. */
  readonly trajectories: number;
  /** Trajectories excluded because infrastructure failed. */
  readonly failures: number;
  readonly lastCheckpoint: string;
  /** Wall time of this process. */
  readonly seconds: number;
}
