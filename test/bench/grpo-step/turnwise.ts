import { trainRun, type Policy, type TrainingParts, type TrainingSettings } from '@turnwise/core';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import { promptTokens, timed, fullWork } from '../engine/contender.js';
import { benchPolicy } from '../engine/policy-contender.js';
import type { SteppedTrainer, StepWork } from './work.js';

/** `trainRun` with the policy in its hands, stopped after every step until the next is asked for. */
export async function startTurnwise(base: string, workers: number, work: StepWork): Promise<SteppedTrainer> {
  const policy = await benchPolicy(base, { workers, slots: work.questions * work.rollouts });
  const baton = new Baton();
  const stop = new AbortController();
  const questions = Array.from({ length: work.questions }, (_, index) => ({
    id: `q${index}`,
    text: promptTokens({ ...fullWork, promptTokens: work.promptTokens }, index)
      .map((token) => `t${token}`)
      .join(' '),
    answers: ['a'],
  }));
  const nothing = (): Promise<void> => Promise.resolve();
  const run = trainRun(
    partsOf(policy),
    settingsOf(work),
    { train: questions, evaluation: questions.slice(0, 1) },
    {
      signal: stop.signal,
      record: {
        appendMetrics: () => baton.hand(),
        writeTrajectories: nothing,
        writeEvaluation: nothing,
        appendEvent: nothing,
        writeBest: nothing,
        pruneCheckpoints: nothing,
        pruneTrajectories: nothing,
        goBack: () => Promise.reject(new Error('nobody goes back')),
        writeCheckpoint: () => Promise.resolve('none'),
      },
    },
  );
  const over = run.then(
    () => undefined,
    (error: unknown) => {
      if (!stop.signal.aborted) throw error;
    },
  );
  // Metrics of step 0 are those of the policy before training.
  await Promise.race([baton.taken(), over]);
  return {
    name: `turnwise, ${workers} worker${workers === 1 ? '' : 's'}`,
    step: () =>
      timed(async () => {
        baton.release();
        await Promise.race([baton.taken(), over]);
      }),
    close: async () => {
      stop.abort(new Error('enough'));
      baton.release();
      await over;
      await policy[Symbol.asyncDispose]();
      return { node: process.version, threads: workers };
    },
  };
}

/** Passes between the trainer, which hands it over at the end of a step, and the benchmark. */
class Baton {
  private handed = signal();
  private released = signal();

  hand(): Promise<void> {
    this.handed.resolve();
    return this.released.promise;
  }

  async taken(): Promise<void> {
    await this.handed.promise;
  }

  release(): void {
    const { released } = this;
    this.handed = signal();
    this.released = signal();
    released.resolve();
  }
}

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

/** One turn, which is the answer; it is worth the share of its tokens with an even number. */
function partsOf(policy: Policy): TrainingParts {
  const options = grpoOptions.parse({});
  return {
    policy,
    search: { search: () => Promise.reject(new Error('nobody searches')) },
    protocol: {
      stop: [],
      prompt: (question) => question.text,
      parse: (text) => ({ kind: 'answer', text }),
      observation: () => '',
      correction: () => '',
    },
    rewards: [
      {
        name: 'even',
        weight: 1,
        shaper: {
          shape: ({ trajectories }) =>
            trajectories.map(({ turns }) => {
              const tokens = [...(turns[0]?.output.tokenIds ?? [])];
              const outcome = tokens.filter((token) => token % 2 === 0).length / tokens.length;
              return { outcome, correct: outcome > 0.5, turns: [0] };
            }),
        },
      },
    ],
    advantage: { name: 'grpo', estimator: { estimate: (groups) => grpoAdvantages(groups, options) } },
    trackers: [],
  };
}

function settingsOf(work: StepWork): TrainingSettings {
  return {
    seed: 1,
    rollout: {
      questionsPerStep: work.questions,
      groupSize: work.rollouts,
      maxTurns: 1,
      maxTokensPerTurn: work.newTokens,
      maxPassageTokens: 1,
      maxObservationTokens: 1,
      topK: 1,
      timeoutSeconds: null,
      temperature: 1,
      topP: 1,
      concurrency: work.questions * work.rollouts,
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
      steps: work.steps + 1,
      learningRate: 1e-4,
      warmupSteps: 0,
      schedule: 'constant',
      weightDecay: 0,
      maxGradientNorm: 1,
      epochs: 1,
      deadGroups: { policy: 'keep', countInDenominators: true, regularise: true },
      evalEvery: 0,
      checkpointEvery: 0,
    },
    evaluation: { temperature: 0, groupSize: 1 },
  };
}
