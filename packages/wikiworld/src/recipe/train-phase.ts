import type { PolicyTokenizer } from '@turnwise/core';
import type { Engine } from '@turnwise/engine';
import type { Demonstration } from '../demonstrations/demonstration.js';
import { packSequences, tokenSequence, type TokenSequence } from './token-sequence.js';

/** How long and how fast one phase of training goes. */
export interface PhaseSchedule {
  readonly steps: number;
  /** Least tokens of demonstrations in one step, observations included. */
  readonly tokensPerStep: number;
  readonly peakLearningRate: number;
  /** Steps over which the learning rate rises to its peak. */
  readonly warmupSteps: number;
  /** Share of the steps, in [0, 1), after which it falls along a half cosine to a twentieth of the peak. */
  readonly decayFrom: number;
}

/** What a stretch of steps came to. */
export interface PhaseProgress {
  /** Steps done. */
  readonly step: number;
  /** Mean cross-entropy of a policy token in nats. */
  readonly loss: number;
  /** Share of demonstrations whose every policy token had a probability above one half, so that greedy repeats them. */
  readonly exact: number;
}

/** Steps summed up in one report. */
const stepsPerReport = 50;

/** AdamW settings beside the learning rate; the same in both phases. */
const weightDecay = 0.01;
const secondMomentDecay = 0.98;

/** Trains on the demonstrations' own tokens: prompts and observations are read, not learned. */
export async function trainPhase(
  engine: Engine,
  tokenizer: PolicyTokenizer,
  demonstrations: AsyncIterator<Demonstration, unknown, undefined>,
  schedule: PhaseSchedule,
  report: (progress: PhaseProgress) => void,
): Promise<void> {
  let sums = { nats: 0, tokens: 0, exact: 0, sequences: 0 };
  for (let step = 1; step <= schedule.steps; step++) {
    const sequences: TokenSequence[] = [];
    for (let tokens = 0; tokens < schedule.tokensPerStep;) {
      const next = await demonstrations.next();
      if (next.done === true) throw new RangeError('the demonstrations ended before the phase');
      const sequence = tokenSequence(next.value, tokenizer, engine.config.contextLength);
      sequences.push(sequence);
      tokens += sequence.tokens.length;
    }
    const { logprobs } = engine.forward(packSequences(sequences));
    engine.zeroGradients();
    engine.backward({ logprobs: new Float32Array(logprobs.length).fill(-1 / logprobs.length) });
    engine.optimizerStep({ learningRate: learningRateAt(step, schedule), weightDecay, beta2: secondMomentDecay });

    let first = 0;
    for (const { scored } of sequences) {
      const own = logprobs.subarray(first, (first += scored.length));
      sums.nats -= own.reduce((sum, logprob) => sum + logprob, 0);
      sums.exact += own.every((logprob) => logprob > Math.log(0.5)) ? 1 : 0;
    }
    sums.tokens += logprobs.length;
    sums.sequences += sequences.length;
    if (step % stepsPerReport === 0 || step === schedule.steps) {
      report({ step, loss: sums.nats / sums.tokens, exact: sums.exact / sums.sequences });
      sums = { nats: 0, tokens: 0, exact: 0, sequences: 0 };
    }
  }
}

/** Linear warm-up, plateau, half cosine down to a twentieth of the peak. `step` counts from 1. */
export function learningRateAt(step: number, schedule: PhaseSchedule): number {
  const { steps, peakLearningRate, warmupSteps, decayFrom } = schedule;
  const warm = Math.min(1, step / Math.max(1, warmupSteps));
  const decaying = Math.max(0, (step / steps - decayFrom) / (1 - decayFrom));
  const floor = 0.05;
  return peakLearningRate * warm * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * decaying)));
}
