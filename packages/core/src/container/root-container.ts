import { Container, type ServiceIdentifier } from 'inversify';
import type { RunEnvironment } from './run-environment.js';
import { ClockToken, LoggerToken } from './tokens.js';

/** What belongs to the process and not to a run. */
export function rootConstants({
  logger,
  clock = { now: Date.now },
}: Pick<RunEnvironment, 'logger' | 'clock'>): ReadonlyMap<ServiceIdentifier, unknown> {
  return new Map<ServiceIdentifier, unknown>([
    [LoggerToken, logger],
    [ClockToken, clock],
  ]);
}

/**
 * The parent of every run's container. It can hold constants only: a singleton with dependencies bound here and first
 * resolved through one run would keep that run's parts and hand them to the next.
 */
export function rootContainer(environment: Pick<RunEnvironment, 'logger' | 'clock'>): Container {
  const container = new Container();
  for (const [identifier, value] of rootConstants(environment)) container.bind(identifier).toConstantValue(value);
  return container;
}
