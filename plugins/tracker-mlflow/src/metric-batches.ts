import type { MlflowMetric } from './mlflow-client.js';
import { mlflowName } from './run-params.js';
import type { StepMetrics } from './spool.js';

/** The most metrics a `log-batch` request may carry. */
const mostMetrics = 1000;

/** What one request carries. */
export interface MetricBatch {
  readonly metrics: readonly MlflowMetric[];
  /** The last step that is whole once this has been sent; `null`: the step goes on in the next batch. */
  readonly through: number | null;
}

/** Puts steps into as few requests as MLflow's limit allows; a step is divided only when it alone is too big. */
export async function* metricBatches(
  steps: Iterable<StepMetrics> | AsyncIterable<StepMetrics>,
): AsyncGenerator<MetricBatch> {
  let last: { metrics: MlflowMetric[]; through: number | null } | null = null;
  for await (const { step, timestamp, metrics } of steps) {
    const own = Object.entries(metrics)
      .filter(([name, value]) => name !== 'step' && Number.isFinite(value))
      .map(([name, value]): MlflowMetric => ({ key: mlflowName(name), value, timestamp, step }));
    if (last !== null && last.metrics.length + own.length <= mostMetrics) {
      last.metrics.push(...own);
      last.through = step;
      continue;
    }
    for (let start = 0; start < Math.max(1, own.length); start += mostMetrics) {
      if (last !== null) yield last;
      const end = start + mostMetrics;
      last = { metrics: own.slice(start, end), through: end >= own.length ? step : null };
    }
  }
  if (last !== null) yield last;
}
