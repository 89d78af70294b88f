import type { BatchDenominators, TrainingBatch, TrainingSequence } from '../contract/index.js';
import type { BatchTotals } from './aggregation.js';

/** Counts what aggregation divides by: policy tokens, trajectories that have some, all trajectories. */
export function countDenominators(sequences: readonly TrainingSequence[]): BatchDenominators {
  let tokens = 0;
  let withTokens = 0;
  for (const { owners } of sequences) {
    let length = 0;
    for (const owner of owners) if (owner === 'policy') length++;
    tokens += length;
    if (length > 0) withTokens++;
  }
  return { tokens, sequences: withTokens, trajectories: sequences.length };
}

/** The totals of a batch: those it states, else those of its sequences. */
export function batchTotals({ sequences, maxTokens, denominators }: TrainingBatch): BatchTotals {
  return { ...(denominators ?? countDenominators(sequences)), maxTokens };
}
