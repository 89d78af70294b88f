import type { BatchDenominators, TrainingBatch, TrainingSequence } from '../contract/index.js';
import { policyTokenCount } from '../credit/flatten-sequence.js';
import type { BatchTotals } from './aggregation.js';

/** Counts what aggregation divides by: policy tokens, trajectories that have some, all trajectories. */
export function countDenominators(sequences: readonly TrainingSequence[]): BatchDenominators {
  let tokens = 0;
  let withTokens = 0;
  for (const sequence of sequences) {
    const length = policyTokenCount(sequence);
    tokens += length;
    if (length > 0) withTokens++;
  }
  return { tokens, sequences: withTokens, trajectories: sequences.length };
}

/** The totals of a batch: those it states, else those of its sequences. */
export function batchTotals({ sequences, maxTokens, denominators }: TrainingBatch): BatchTotals {
  return { ...(denominators ?? countDenominators(sequences)), maxTokens };
}
