import type { Container } from 'inversify';
import type { Passage, PluginContext } from '../contract/index.js';
import type { LoadedPlugin } from '../plugin/index.js';
import type { ResumableStream } from '../random/index.js';
import type { PluginMetrics } from './plugin-metrics.js';
import { policyScorer } from './policy-scorer.js';

/** What a run tells its plugins, the same for all of them. */
export type Surroundings = Pick<PluginContext, 'paths' | 'resolveAsset' | 'signal'>;

interface ContextParts extends Pick<PluginContext, 'logger' | 'clock'> {
  readonly corpus: readonly Passage[];
  /** The plugin's own stream. */
  readonly random: ResumableStream;
  readonly surroundings: Surroundings;
  readonly metrics: PluginMetrics;
  /** Gives the policy when the plugin asks for a scorer. */
  readonly container: Container;
}

/** What a plugin is told of the run it is made for. */
export function pluginContext(
  { kind, id }: LoadedPlugin,
  { corpus, logger, clock, random, surroundings, metrics, container }: ContextParts,
): PluginContext {
  return {
    corpus,
    logger,
    clock,
    ...surroundings,
    random: { next: () => random.next(), integer: (bound) => random.integer(bound) },
    metrics: { record: (name, value) => metrics.record(id, name, value) },
    ...(kind === 'policy' ? {} : { scorer: () => policyScorer(container, `${kind} ${id}`) }),
  };
}
