import { compositionFigure, intervalFigure, lineFigure, type FigureLine } from '../figures/index.js';
import type { RunComparison } from './compare-runs.js';
import { percent, pText, signedPercent } from './comparison-text.js';
import type { SeriesKey } from './metric-series.js';
import type { StrategySummary } from './strategy-summary.js';

/** A figure of a comparison. */
export interface ComparisonFigure {
  /** File name without ending. */
  readonly name: string;
  /** What it shows, for under it. */
  readonly caption: string;
  readonly svg: string;
}

/** Everything a comparison shows as figures, each an SVG that stands alone. */
export function comparisonFigures(comparison: RunComparison): ComparisonFigure[] {
  const { summaries, threshold } = comparison;
  const seeds = `mean over ${seedsText(comparison)}; the band is their range`;
  const level = { value: threshold.exactMatch, name: `threshold ${percent(threshold.exactMatch)}%` };
  return [
    {
      name: 'learning-curves',
      caption: `Held-out exact match over training: ${seeds}.`,
      svg: curves(summaries, 'eval/exact-match', 'Held-out exact match', 'exact match (%)', level),
    },
    {
      name: 'final-scores',
      caption:
        'Held-out scores after the last step with 95% bootstrap intervals over questions and seeds; rings are single seeds.',
      svg: finalScores(summaries),
    },
    {
      name: 'differences',
      caption:
        'Exact match of the first minus that of the second, on the same questions and seeds; 95% bootstrap intervals over both. p over questions, p over seeds: sign-flip tests after Holm correction.',
      svg: differences(comparison),
    },
    {
      name: 'composition',
      caption: `Composition of the groups of each training step, mean over ${seedsText(comparison)}.`,
      svg: compositionFigure(summaries.map(compositionPanel), 'composition-hatch'),
    },
    {
      name: 'signal',
      caption: `Training groups with an advantage other than 0, those something is learned from: ${seeds}.`,
      svg: curves(summaries, 'groups/dead', 'Groups that carry signal', 'groups (%)', undefined, true),
    },
    {
      name: 'near-miss-conversion',
      caption:
        'Held-out questions wrong before training and right after it, by whether the first attempt had retrieved a gold answer (near-missed) or not (missed); counts are pooled over seeds.',
      svg: conversion(summaries),
    },
    {
      name: 'gold-retrieved',
      caption: `Held-out questions for which an observation held a gold answer: ${seeds}.`,
      svg: curves(summaries, 'eval/gold-retrieved', 'Gold retrieved', 'questions (%)'),
    },
    {
      name: 'unanswered',
      caption: `Training trajectories that ended without an answer: ${seeds}.`,
      svg: curves(summaries, 'trajectories/unanswered', 'Unanswered trajectories', 'trajectories (%)'),
    },
  ];
}

function seedsText({ seeds }: RunComparison): string {
  return seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`;
}

function curves(
  summaries: readonly StrategySummary[],
  key: SeriesKey,
  title: string,
  yLabel: string,
  level?: { value: number; name: string },
  complement = false,
): string {
  const turned = (values: readonly number[]): number[] => values.map((value) => (complement ? 1 - value : value));
  const lines = summaries.map(({ strategy, series }): FigureLine => {
    const { steps = [], mean = [], min = [], max = [] } = series[key] ?? {};
    return {
      name: strategy,
      x: steps,
      y: turned(mean),
      low: turned(complement ? max : min),
      high: turned(complement ? min : max),
    };
  });
  return lineFigure({ title, xLabel: 'training step', yLabel, lines, percent: true, ...(level ? { level } : {}) });
}

function finalScores(summaries: readonly StrategySummary[]): string {
  const measures = [
    ['exactMatch', 'exact match'],
    ['f1', 'F1'],
    ['curveHeight', 'curve height'],
  ] as const;
  const rows = measures.flatMap(([measure, name]) =>
    summaries.map(({ strategy, scores }, style) => ({
      name: `${strategy}, ${name}`,
      value: scores[measure].mean,
      interval: scores[measure].interval,
      values: scores[measure].seeds.values,
      note: percent(scores[measure].mean),
      style,
    })),
  );
  return intervalFigure({ title: 'Held-out scores', xLabel: 'score (%)', rows });
}

function differences({ pairs }: RunComparison): string {
  const rows = pairs.map(({ strategies, measures: { exactMatch } }) => ({
    name: strategies.join(' - '),
    value: exactMatch.difference,
    interval: exactMatch.interval,
    values: exactMatch.seeds,
    note: `${signedPercent(exactMatch.difference)}  p ${pText(exactMatch.overQuestions.holm)}, ${pText(exactMatch.overSeeds.holm)}`,
    style: 0,
  }));
  return intervalFigure({
    title: 'Paired differences in exact match',
    xLabel: 'difference (percentage points)',
    rows,
    reference: 0,
  });
}

function compositionPanel({ strategy, series }: StrategySummary): Parameters<typeof compositionFigure>[0][number] {
  return {
    name: strategy,
    steps: series['groups/all-wrong']?.steps ?? [],
    allWrong: series['groups/all-wrong']?.mean ?? [],
    mixed: series['groups/mixed']?.mean ?? [],
    allCorrect: series['groups/all-correct']?.mean ?? [],
  };
}

function conversion(summaries: readonly StrategySummary[]): string {
  const rows = summaries.flatMap(({ strategy, nearMissConversion: { heldOut } }, style) =>
    (['nearMissed', 'missed'] as const).map((kind) => ({
      name: `${strategy}, ${kind === 'nearMissed' ? 'near-missed' : 'missed'}`,
      value: heldOut[kind].early === 0 ? Number.NaN : heldOut[kind].solved / heldOut[kind].early,
      note: `${heldOut[kind].solved} of ${heldOut[kind].early}`,
      style,
    })),
  );
  return intervalFigure({ title: 'Missed before, solved after', xLabel: 'solved after (%)', rows, range: [0, 1] });
}
