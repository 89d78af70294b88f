import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Chart } from '../charts/chart.js';
import type { Line } from '../charts/plot.js';
import { useCurveSettings } from '../charts/curve-controls.js';
import { smoothed, stacked } from '../charts/curves.js';
import { useMetrics, type RunMetrics } from '../data/run-metrics.js';
import type { RunEvents, Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import type { Live } from '../data/use-live.js';
import { HeldOut } from '../parts/held-out.js';
import { Loading } from '../parts/notices.js';
import { addressOf, go } from '../router.js';

interface Plan {
  readonly title: string;
  readonly metrics: readonly string[];
  readonly share?: boolean;
}

const plans: readonly Plan[] = [
  { title: 'Held-out questions', metrics: ['eval/exact-match', 'eval/f1', 'eval/gold-retrieved'], share: true },
  { title: 'Reward', metrics: ['reward/outcome-mean', 'reward/turn-mean'] },
  { title: 'Turns a trajectory', metrics: ['rollout/turns-mean', 'eval/turns-mean'] },
  { title: 'What turns do', metrics: ['rollout/search-rate', 'rollout/invalid-rate'], share: true },
  { title: 'Entropy', metrics: ['update/entropy'] },
  { title: 'KL and clipping', metrics: ['update/kl', 'update/clip-fraction'] },
  { title: 'Loss', metrics: ['update/loss'] },
  { title: 'Gradient norm', metrics: ['update/gradient-norm'] },
];

/** A run's curves. A click on the composition opens the groups of that step. */
export function CurvesTab({ source, live, run }: { source: Source; live: Live; run: string }): JSX.Element {
  const metrics = useMetrics(source, [run], live.rows).get(run);
  const [{ weight, logarithmic }, controls] = useCurveSettings();
  const charts = useMemo(() => (metrics === undefined ? [] : chartsOf(metrics, weight)), [metrics, weight]);
  const composition = useMemo(() => (metrics === undefined ? null : compositionOf(metrics)), [metrics]);
  const { value: record } = useData(() => source.events(run), [run], live.changes);
  const marks = useMemo(() => (record === null ? [] : marksOf(record)), [record]);
  if (metrics === undefined || composition === null) return <Loading />;
  const x = metrics.columns.get('step') ?? [];
  if (x.length === 0) return <p class="faint">Nothing is recorded yet.</p>;
  return (
    <>
      <p class="controls">
        {controls}
        {marks.length > 0 && (
          <a href={addressOf({ page: 'run', run, tab: 'events', step: null })}>
            ┊ {marks.length === 1 ? 'a step' : `${marks.length} steps`} with events
          </a>
        )}
      </p>
      <div class="charts">
        <Chart
          title="Groups: share by composition (click a step to open its groups)"
          x={composition.x}
          lines={composition.lines}
          share
          marks={marks}
          onPick={(step) => go({ page: 'run', run, tab: 'groups', step })}
        />
        {charts.map(({ plan, lines }) => (
          <Chart
            key={plan.title}
            title={plan.title}
            x={x}
            lines={lines}
            marks={marks}
            share={plan.share ?? false}
            logarithmic={logarithmic && plan.share !== true}
          />
        ))}
      </div>
      <HeldOut columns={metrics.columns} />
    </>
  );
}

/** Steps at which something happened that a curve may show: no checkpoints, which come and go. */
function marksOf({ events }: RunEvents): number[] {
  const steps = events.flatMap(({ step, kind }) => (typeof step === 'number' && kind !== 'checkpoint' ? [step] : []));
  return [...new Set(steps)];
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

/** The states of groups, worst first, make up the whole; dead ones, of any state, lie across it as a line. */
function compositionOf({ columns }: RunMetrics): { x: number[]; lines: Line[] } {
  const steps = columns.get('step') ?? [];
  const mixed = columns.get('groups/mixed') ?? [];
  const sampled = steps.flatMap((_, index) => (Number.isNaN(mixed[index] ?? Number.NaN) ? [] : [index]));
  const column = (name: string): number[] =>
    sampled.map((index) => columns.get(`groups/${name}`)?.[index] ?? Number.NaN);
  // Of a run recorded before near-misses were: all-wrong as a whole.
  const nearMissed = column('all-wrong-near-miss').map((share) => (Number.isNaN(share) ? 0 : share));
  const neverSeen = column('all-wrong').map((share, index) => Math.max(0, share - (nearMissed[index] ?? 0)));
  const areas = [neverSeen, nearMissed, column('mixed'), column('all-correct')];
  const labels = ['all-wrong', 'near-miss', 'mixed', 'all-correct'];
  const tops = stacked(areas);
  return {
    x: sampled.map((index) => steps[index] as number),
    lines: [
      ...labels.map((label, place) => ({
        label,
        values: tops[place] ?? [],
        told: areas[place] ?? [],
        filled: true,
        colour: stateColours[place] ?? 0,
      })),
      { label: 'dead', values: column('dead'), colour: 6 },
    ],
  };
}

/** Places in the palette, as the chips of states are coloured: orange, yellow, blue, green. */
const stateColours = [1, 4, 0, 2];
