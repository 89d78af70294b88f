import type { ServiceIdentifier } from 'inversify';
import type { Logger, Passage, Policy, Protocol, SearchTool, Tracker } from '../contract/index.js';
import type { NamedEstimator, WeightedShaper } from '../credit/index.js';
import type { DisposalStack } from './disposal-stack.js';
import type { RunData } from './run-data.js';

/** An injection token that carries the type of what is bound to it. */
function token<Service>(name: string): ServiceIdentifier<Service> {
  return Symbol.for(`turnwise.${name}`);
}

/** Process scope: constants only. */
export const LoggerToken = token<Logger>('logger');
export const ClockToken = token<{ now(): number }>('clock');

/** Run scope. */
export const DisposalToken = token<DisposalStack>('disposal');
export const DataToken = token<RunData>('data');
export const CorpusToken = token<readonly Passage[]>('corpus');
export const PolicyToken = token<Policy>('policy');
export const ProtocolToken = token<Protocol>('protocol');
export const SearchToken = token<SearchTool>('search');
/** Bound once for each reward of the run. */
export const RewardToken = token<WeightedShaper>('reward');
export const AdvantageToken = token<NamedEstimator>('advantage');
/** Bound once for each tracker of the run. */
export const TrackerToken = token<Tracker>('tracker');
