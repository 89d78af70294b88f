import type { Container } from 'inversify';
import type { Passage, PluginContext } from '../contract/index.js';
import type { LoadedPlugin } from '../plugin/index.js';
import type { ResumableStream } from '../random/index.js';
import type { PluginMetrics } from './plugin-metrics.js';
import { policyScorer } from './policy-scorer.js';

/** What every plugin of a run is told alike. */
export type Surroundings = Pick<PluginContext, 'paths' | 'resolveAsset' | 'signal'>;

/** What a plugin is told of the run it is made for. */
export function pluginContext(
  { kind, id }: LoadedPlugin,
  random: ResumableStream,
  made: Pick<PluginContext, 'logger' | 'clock'> & { readonly corpus: readonly Passage[] },
  surroundings: Surroundings,
  metrics: PluginMetrics,
  container: Container,
): PluginContext {
  return {
    ...made,
    ...surroundings,
    random: { next: () => random.next(), integer: (bound) => random.integer(bound) },
    metrics: { record: (name, value) => metrics.record(id, name, value) },
    ...(kind === 'policy' ? {} : { scorer: () => policyScorer(container, `${kind} ${id}`) }),
  };
}
