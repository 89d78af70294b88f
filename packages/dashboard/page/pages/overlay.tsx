import type { RunRow } from '@turnwise/server';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Chart } from '../charts/chart.js';
import type { Line } from '../charts/plot.js';
import { useCurveSettings } from '../charts/curve-controls.js';
import { aligned, range, smoothed, type RunCurve } from '../charts/curves.js';
import { useMetrics } from '../data/run-metrics.js';
import type { Source } from '../data/source.js';
import type { Live } from '../data/use-live.js';

/** Metrics most people look at first; the others follow by name. */
const first = ['eval/exact-match', 'eval/f1', 'reward/outcome-mean', 'groups/dead', 'update/entropy'];

/** One metric of several runs, laid over one another: each by itself, or runs that differ in their seed as a band. */
export function Overlay({ source, live, runs }: { source: Source; live: Live; runs: readonly RunRow[] }): JSX.Element {
  const [metric, setMetric] = useState('eval/exact-match');
  const [{ weight, logarithmic }, controls] = useCurveSettings();
  const [bands, setBands] = useState(false);
  const metrics = useMetrics(
    source,
    runs.map(({ name }) => name),
    live.rows,
    ['step', metric],
  );
  const names = useMemo(() => {
    const known = new Set([...metrics.values()].flatMap((each) => [...each.names]));
    known.delete('step');
    return [...first.filter((name) => known.has(name)), ...[...known].filter((name) => !first.includes(name)).sort()];
  }, [metrics]);
  const { x, lines } = useMemo(() => {
    const curves = runs.flatMap(({ name, strategy, policy }): RunCurve[] => {
      const columns = metrics.get(name)?.columns;
      const steps = columns?.get('step');
      const values = columns?.get(metric);
      return steps === undefined || values === undefined
        ? []
        : [{ run: name, group: `${strategy}, ${policy}`, steps, values: smoothed(values, weight) }];
    });
    return bands ? banded(curves) : single(curves);
  }, [metrics, metric, weight, bands, runs.map(({ name }) => name).join()]);
  return (
    <section aria-label="Chosen runs">
      <h2>Chosen runs</h2>
      <p class="controls">
        <label>
          Metric{' '}
          <select value={metric} onChange={(event) => setMetric(event.currentTarget.value)}>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {controls}
        <label>
          <input type="checkbox" checked={bands} onChange={() => setBands(!bands)} /> Seeds as a band
        </label>
      </p>
      <Chart title={metric} x={x} lines={lines} logarithmic={logarithmic} height={320} />
    </section>
  );
}

function single(curves: readonly RunCurve[]): { x: readonly number[]; lines: Line[] } {
  const { x, columns } = aligned(curves);
  return { x, lines: curves.map(({ run }, index) => ({ label: run, values: columns[index] ?? [] })) };
}

/** Runs of one strategy and policy become a mean with the range over them. */
function banded(curves: readonly RunCurve[]): { x: readonly number[]; lines: Line[] } {
  const { x, columns } = aligned(curves);
  const groups = [...new Set(curves.map(({ group }) => group))];
  const lines = groups.map((group): Line => {
    const members = columns.filter((_, index) => curves[index]?.group === group);
    const { mean, low, high } = range(members);
    const label = `${group} (${members.length} run${members.length === 1 ? '' : 's'})`;
    return { label, values: mean, band: { low, high } };
  });
  return { x, lines };
}
