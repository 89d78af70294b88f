import { setImmediate } from 'node:timers/promises';
import type {
  Policy,
  SearchOutcome,
  SearchTool,
  TrainingBatch,
  Trajectory,
  TrajectoryGroup,
} from '../contract/index.js';
import { groupComposition } from '../credit/index.js';
import { mean } from '../statistics/index.js';
import type { Retention } from './retention.js';
import type { BestValue, TrainerState, TrainingEvent } from './trainer-state.js';
import type {
  StepProgress,
  TrainingData,
  TrainingParts,
  TrainingRecord,
  TrainingSettings,
} from './training-settings.js';

/** Where in a run a sample is asked for. */
export interface Place {
  readonly purpose: string;
  readonly step: number;
  readonly question: string;
  /** Which of its group the trajectory is, from 0. */
  readonly index: number;
  readonly turn: number;
  /** Number of updates the policy has had. */
  readonly weights: number;
}

/** What the policy writes: `answer:x` answers, `search:x` searches, `search:down` meets a broken search tool. */
export type Script = (place: Place) => string;

/** A training run without a model: every part is fake and everything that happens is written down in `events`. */
export class FakeTraining {
  readonly events: string[] = [];
  readonly batches: TrainingBatch[] = [];
  readonly metrics: Readonly<Record<string, number>>[] = [];
  readonly lines = new Map<number, readonly unknown[]>();
  readonly progress: StepProgress[] = [];
  /** What checkpoints hold: folder -> weights. */
  readonly disk = new Map<string, number>();
  /** What checkpoints hold beside them. */
  readonly states = new Map<string, TrainerState>();
  readonly happenings: TrainingEvent[] = [];
  best: BestValue | null = null;
  retention: Retention | null = null;
  readonly asked: string[] = [];
  weights = 0;
  losses: (update: number) => number = () => 0.5;
  gradientNorms: (update: number) => number = () => 1;
  private updates = 0;

  constructor(private readonly script: Script) {}

  readonly policy: Policy = {
    capabilities: { trainable: true, objectives: ['ppo-clip'], logprobs: true, maxContext: null },
    tokenizer: {
      encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
      decode: (tokens) => String.fromCharCode(...tokens),
    },
    sample: ({ trajectoryId, turn }) => {
      const [purpose = '', step = '', id = ''] = trajectoryId.split(':');
      const [question = '', index = ''] = id.split('/');
      if (turn === 0 && index === '0') this.asked.push(`${purpose}:${step}:${question}`);
      const place = { purpose, step: Number(step), question, index: Number(index), turn, weights: this.weights };
      const text = this.script(place);
      const tokenIds = Array.from(text, (letter) => letter.charCodeAt(0));
      return Promise.resolve({ text, tokenIds, logprobs: tokenIds.map(() => -1), finish: 'stop' });
    },
    forwardBackward: (batch) => {
      this.events.push('forwardBackward');
      this.batches.push(batch);
      const loss = this.losses(++this.updates);
      return Promise.resolve({ loss, kl: 0, clipFraction: 0, entropy: 1, tokens: 1 });
    },
    optimStep: () => {
      this.events.push('optimStep');
      const gradientNorm = this.gradientNorms(this.updates);
      if (Number.isFinite(gradientNorm)) this.weights++;
      return Promise.resolve({ gradientNorm });
    },
    save: (folder) => {
      this.events.push(`save ${folder}`);
      this.disk.set(folder, this.weights);
      return Promise.resolve();
    },
    load: (folder) => {
      this.events.push(`load ${folder}`);
      this.weights = this.disk.get(folder) ?? Number.NaN;
      return Promise.resolve();
    },
  };

  readonly search: SearchTool = {
    search: (queries) =>
      Promise.resolve(
        queries.map((query): SearchOutcome =>
          query === 'down'
            ? { status: 'error', hits: [], message: 'unplugged' }
            : { status: 'ok', hits: [{ id: query, title: '', text: query, score: 1 }] },
        ),
      ),
  };

  readonly parts: TrainingParts = {
    policy: this.policy,
    search: this.search,
    protocol: {
      stop: [],
      prompt: ({ text }) => text,
      parse: (text) => {
        const [kind, rest = ''] = text.split(':');
        if (kind === 'answer') return { kind: 'answer', text: rest };
        return kind === 'search' ? { kind: 'search', query: rest } : { kind: 'invalid', reason: 'no-action' };
      },
      observation: ({ hits }) => `[${hits.map(({ text }) => text).join()}]`,
      correction: () => '[?]',
    },
    rewards: [{ name: 'fake', weight: 1, shaper: { shape: shapeByGold } }],
    advantage: { name: 'fake', estimator: { estimate: (groups) => groups.map(minusGroupMean) } },
    trackers: [{ record: (step) => void this.events.push(`track ${step}`) }],
  };

  readonly record: TrainingRecord = {
    // Written a moment later, as files are: whoever does not wait is found out by the order of events.
    appendMetrics: async (metrics) => {
      await setImmediate();
      this.events.push(`metrics ${metrics['step']}`);
      this.metrics.push(metrics);
    },
    writeEvaluation: () => Promise.resolve(),
    writeTrajectories: async (step, lines) => {
      await setImmediate();
      this.events.push(`trajectories ${step}`);
      this.lines.set(step, lines);
    },
    appendEvent: (event) => {
      this.happenings.push(event);
      return Promise.resolve();
    },
    writeCheckpoint: async (step, state, write) => {
      await write(`checkpoint-${step}`);
      this.states.set(`checkpoint-${step}`, state);
      return `checkpoint-${step}`;
    },
    writeBest: (best) => {
      this.best = best;
      return Promise.resolve();
    },
    goBack: (latest) => {
      const steps = [...this.states.keys()].map((name) => Number(name.slice('checkpoint-'.length)));
      const step = Math.max(...steps.filter((one) => one <= latest));
      if (!Number.isFinite(step)) return Promise.resolve(null);
      this.metrics.splice(step + 1);
      const checkpoint = `checkpoint-${step}`;
      return Promise.resolve({ step, checkpoint, state: this.states.get(checkpoint) ?? null });
    },
    pruneTrajectories: (newest) => {
      const steps = [...this.lines.keys()].sort((left, right) => left - right);
      for (const step of steps.slice(0, -newest)) this.lines.delete(step);
      return Promise.resolve();
    },
    pruneCheckpoints: (retention) => {
      this.retention = retention;
      return Promise.resolve();
    },
  };

  /** Keeps `done` reports among the events, all reports in `progress`. */
  readonly onProgress = (report: StepProgress): void => {
    this.progress.push(report);
    if (report.phase === 'done') this.events.push(`done ${report.step}`);
  };
}

/** 1 for the answer `gold` on every turn; a wrong trajectory gets 0.5 on each turn that searched for gold. */
function shapeByGold(group: TrajectoryGroup) {
  return group.trajectories.map(({ answer, turns }: Trajectory) => {
    const correct = answer === 'gold';
    const found = turns.map(({ action }) => (action.kind === 'search' && action.query === 'gold' ? 0.5 : 0));
    return { outcome: correct ? 1 : 0, correct, turns: correct ? turns.map(() => 1) : found };
  });
}

/** Each turn's reward minus the mean of all turns of the group; abstaining members get zero. */
function minusGroupMean(
  group: Parameters<TrainingParts['advantage']['estimator']['estimate']>[0][number],
): ReturnType<TrainingParts['advantage']['estimator']['estimate']>[number] {
  const center = mean(group.shaped.flatMap(({ outcome, turns }) => (outcome === null ? [] : turns)));
  const turns = group.shaped.map(({ outcome, turns }) =>
    turns.map((reward) => (outcome === null ? 0 : reward - center)),
  );
  return { composition: groupComposition(group), level: 'turn', turns };
}

export const fakeData: TrainingData = {
  train: Array.from({ length: 12 }, (_, index) => ({ id: `q${index}`, text: `${index}?`, answers: ['gold'] })),
  evaluation: [{ id: 'held-out', text: '?', answers: ['gold'] }],
};

/** Two steps of two questions, two trajectories each. */
export function fakeSettings(
  training: Partial<TrainingSettings['training']> = {},
  rollout: Partial<TrainingSettings['rollout']> = {},
): TrainingSettings {
  return {
    seed: 3,
    rollout: {
      questionsPerStep: 2,
      groupSize: 2,
      maxTurns: 3,
      maxTokensPerTurn: 20,
      maxPassageTokens: 20,
      maxObservationTokens: 20,
      topK: 1,
      timeoutSeconds: null,
      temperature: 1,
      topP: 1,
      concurrency: 4,
      ...rollout,
    },
    objective: {
      kind: 'ppo-clip',
      low: 0.2,
      high: 0.2,
      dualClip: null,
      kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
      aggregation: 'token-mean',
      entropyCoefficient: 0,
    },
    training: {
      steps: 2,
      learningRate: 0.1,
      warmupSteps: 0,
      schedule: 'constant',
      weightDecay: 0,
      maxGradientNorm: 1,
      epochs: 1,
      deadGroups: { policy: 'keep', countInDenominators: true, regularise: true },
      evalEvery: 0,
      checkpointEvery: 0,
      ...training,
    },
    evaluation: { temperature: 0, groupSize: 1 },
  };
}
