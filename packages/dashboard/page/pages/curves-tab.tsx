import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Chart, type Line } from '../charts/chart.js';
import { smoothed, stacked } from '../charts/curves.js';
import { useMetrics, type RunMetrics } from '../data/run-metrics.js';
import type { Source } from '../data/source.js';
import type { Live } from '../data/use-live.js';
import { Loading } from '../parts/notices.js';
import { go } from '../router.js';

interface Plan {
  readonly title: string;
  readonly metrics: readonly string[];
  readonly share?: boolean;
}

const plans: readonly Plan[] = [
  { title: 'Held-out questions', metrics: ['eval/exact-match', 'eval/f1', 'eval/gold-retrieved'], share: true },
  { title: 'Reward', metrics: ['reward/outcome-mean', 'reward/turn-mean'] },
  { title: 'Turns a trajectory', metrics: ['rollout/turns-mean'] },
  { title: 'What turns do', metrics: ['rollout/search-rate', 'rollout/invalid-rate'], share: true },
  { title: 'Entropy', metrics: ['update/entropy'] },
  { title: 'KL and clipping', metrics: ['update/kl', 'update/clip-fraction'] },
  { title: 'Loss', metrics: ['update/loss'] },
  { title: 'Gradient norm', metrics: ['update/gradient-norm'] },
];

/** A run's curves. A click on the composition opens the groups of that step. */
export function CurvesTab({ source, live, run }: { source: Source; live: Live; run: string }): JSX.Element {
  const metrics = useMetrics(source, [run], live.rows).get(run);
  const [weight, setWeight] = useState(0);
  const [logarithmic, setLogarithmic] = useState(false);
  const charts = useMemo(() => (metrics === undefined ? [] : chartsOf(metrics, weight)), [metrics, weight]);
  const composition = useMemo(() => (metrics === undefined ? null : compositionOf(metrics)), [metrics]);
  if (metrics === undefined || composition === null) return <Loading />;
  const x = metrics.columns.get('step') ?? [];
  if (x.length === 0) return <p class="faint">Nothing is recorded yet.</p>;
  return (
    <>
      <p class="controls">
        <label>
          Smoothing{' '}
          <input
            type="range"
            min="0"
            max="0.98"
            step="0.02"
            value={weight}
            onInput={(event) => setWeight(Number(event.currentTarget.value))}
          />
        </label>
        <label>
          <input type="checkbox" checked={logarithmic} onChange={() => setLogarithmic(!logarithmic)} /> Log axis
        </label>
      </p>
      <div class="charts">
        <Chart
          title="Groups: share by composition (click a step to open its groups)"
          x={composition.x}
          lines={composition.lines}
          share
          onPick={(step) => go({ page: 'run', run, tab: 'groups', step })}
        />
        {charts.map(({ plan, lines }) => (
          <Chart
            key={plan.title}
            title={plan.title}
            x={x}
            lines={lines}
            share={plan.share ?? false}
            logarithmic={logarithmic && plan.share !== true}
          />
        ))}
      </div>
    </>
  );
}

function chartsOf({ columns }: RunMetrics, weight: number): { plan: Plan; lines: Line[] }[] {
  const lines = (names: readonly string[]): Line[] =>
    names.flatMap((name) => {
      const values = columns.get(name);
      return values === undefined ? [] : [{ label: name, values: smoothed(values, weight) }];
    });
  const tokens = columns.get('rollout/tokens');
  const seconds = columns.get('rollout/seconds');
  const speed = tokens?.map((count, index) => count / (seconds?.[index] ?? Number.NaN));
  // Rewards added up from several have their parts beside the sum; so do plugins that record metrics of their own.
  const planned = new Set(plans.flatMap(({ metrics }) => metrics));
  const parts = [...columns.keys()].filter((name) => name.startsWith('reward/') && !planned.has(name));
  return [
    ...plans.map((plan) => ({ plan, lines: lines(plan.metrics) })),
    { plan: { title: 'Reward, part by part', metrics: parts }, lines: lines(parts) },
    {
      plan: { title: 'Rollout: policy tokens a second', metrics: [] },
      lines: speed === undefined ? [] : [{ label: 'tokens / s', values: smoothed(speed, weight) }],
    },
  ].filter((chart) => chart.lines.length > 0);
}

/** All-wrong, mixed and all-correct make up the whole; near-missed and dead groups lie across it, as lines. */
function compositionOf({ columns }: RunMetrics): { x: number[]; lines: Line[] } {
  const steps = columns.get('step') ?? [];
  const sampled = steps.flatMap((_, index) =>
    Number.isNaN(columns.get('groups/mixed')?.[index] ?? Number.NaN) ? [] : [index],
  );
  const column = (name: string): number[] =>
    sampled.map((index) => columns.get(`groups/${name}`)?.[index] ?? Number.NaN);
  const [wrong = [], mixed = [], correct = []] = stacked(['all-wrong', 'mixed', 'all-correct'].map(column));
  return {
    x: sampled.map((index) => steps[index] as number),
    lines: [
      { label: 'all-wrong', values: wrong, filled: true, colour: 1 },
      { label: 'mixed', values: mixed, filled: true, colour: 0 },
      { label: 'all-correct', values: correct, filled: true, colour: 2 },
      { label: 'dead', values: column('dead'), colour: 6 },
      { label: 'near-missed', values: column('near-miss'), colour: 4 },
    ],
  };
}
