import { compositionFigure, lineFigure, type FigureLine } from '../figures/index.js';
import type { RunReport } from './read-run-report.js';

/** A figure of a run with its caption. */
export interface RunFigure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

interface FigurePlan {
  readonly name: string;
  readonly title: string;
  readonly yLabel: string;
  readonly caption: string;
  readonly percent?: boolean;
  readonly range?: readonly [number, number];
  /** metric -> name of its line */
  readonly lines: Readonly<Record<string, string>>;
}

const plans: readonly FigurePlan[] = [
  {
    name: 'held-out',
    title: 'Held-out questions',
    yLabel: 'questions (%)',
    percent: true,
    caption: 'Measured before training and as often as training.evalEvery says.',
    lines: { 'eval/exact-match': 'exact match', 'eval/f1': 'F1', 'eval/gold-retrieved': 'gold retrieved' },
  },
  {
    name: 'reward',
    title: 'Reward',
    yLabel: 'mean',
    caption: 'Outcome of trajectories, and reward of turns.',
    lines: { 'reward/outcome-mean': 'outcome', 'reward/turn-mean': 'turn' },
  },
  {
    name: 'signal',
    title: 'Dead groups and near-misses',
    yLabel: 'groups (%)',
    percent: true,
    range: [0, 1],
    caption: 'Groups from which nothing is learned, and groups with a wrong trajectory that had seen a gold answer.',
    lines: { 'groups/dead': 'dead', 'groups/near-miss': 'near-miss' },
  },
  {
    name: 'behaviour',
    title: 'What turns do',
    yLabel: 'turns (%)',
    percent: true,
    range: [0, 1],
    caption: 'Turns that search, and turns with neither a search nor an answer.',
    lines: { 'rollout/search-rate': 'search', 'rollout/invalid-rate': 'invalid' },
  },
  {
    name: 'turns',
    title: 'Turns of a trajectory',
    yLabel: 'turns',
    caption: 'Mean over the trajectories of a step, and over held-out ones.',
    lines: { 'rollout/turns-mean': 'training', 'eval/turns-mean': 'held-out' },
  },
  {
    name: 'entropy',
    title: 'Entropy and KL',
    yLabel: 'nats a token',
    caption: 'Of the tokens that were sampled.',
    lines: { 'update/entropy': 'entropy', 'update/kl': 'KL' },
  },
  {
    name: 'gradient',
    title: 'Gradient norm',
    yLabel: 'norm',
    caption: 'Before clipping.',
    lines: { 'update/gradient-norm': 'gradient' },
  },
];

/** The curves of a run, each an SVG that stands alone; those without data are left out. */
export function runFigures({ series, name }: Pick<RunReport, 'series' | 'name'>): RunFigure[] {
  const figures = plans.flatMap(({ name: figure, title, yLabel, caption, lines, ...more }): RunFigure[] => {
    const drawn = Object.entries(lines).flatMap(([key, line]): FigureLine[] => {
      const own = series[key];
      return own === undefined || own.steps.length === 0 ? [] : [{ name: line, x: own.steps, y: own.values }];
    });
    if (drawn.length === 0) return [];
    const svg = lineFigure({ title, xLabel: 'training step', yLabel, lines: drawn, height: 260, ...more });
    return [{ name: figure, caption, svg }];
  });
  const own = [componentsOf(series), compositionOf(series, name)].filter((figure) => figure !== null);
  return [...figures.slice(0, 2), ...own, ...figures.slice(2)];
}

/** What each part of the rewards gave, apart; as many as can be told from one another, the rest is in metrics.jsonl. */
function componentsOf(series: RunReport['series']): RunFigure | null {
  const parts = Object.entries(series).flatMap(([key, { steps, values }]): FigureLine[] => {
    const name = /^reward\/(.+)\/mean$/.exec(key)?.[1];
    return name === undefined || steps.length === 0 ? [] : [{ name, x: steps, y: values }];
  });
  if (parts.length === 0) return null;
  const most = 8;
  const left = parts.length > most ? ` ${parts.length - most} more are in metrics.jsonl.` : '';
  return {
    name: 'reward-components',
    caption: `What each part added to the outcome, weight included.${left}`,
    svg: lineFigure({
      title: 'Parts of the reward',
      xLabel: 'training step',
      yLabel: 'mean',
      lines: parts.slice(0, most),
      height: 260,
    }),
  };
}

function compositionOf(series: RunReport['series'], name: string): RunFigure | null {
  const [wrong, mixed, correct] = ['all-wrong', 'mixed', 'all-correct'].map((kind) => series[`groups/${kind}`]);
  if (wrong === undefined || mixed === undefined || correct === undefined || wrong.steps.length < 2) return null;
  const panel = { name, steps: wrong.steps, allWrong: wrong.values, mixed: mixed.values, allCorrect: correct.values };
  return {
    name: 'composition',
    caption: 'Share of groups in which every, some or no trajectory was wrong.',
    svg: compositionFigure([panel], 'run-composition-hatch'),
  };
}
