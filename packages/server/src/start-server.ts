import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { TurnwiseError, type Logger } from '@turnwise/core';
import { Admission } from './admission.js';
import { createApp } from './create-app.js';
import { creditRoutes } from './credit-routes.js';
import { listen, urlOf } from './listen.js';
import { isLoopback } from './loopback.js';
import { remoteRewardRoutes } from './remote-reward-routes.js';
import { retrievalRoutes } from './retrieval-routes.js';
import { serverOptions, type ServerOptions } from './server-options.js';
import { ServiceMetrics } from './service-metrics.js';
import type { Services } from './services.js';

/** A service that is up. */
export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:8000`. */
  readonly url: string;
  /** What it answers to by POST. */
  readonly paths: readonly string[];
  /**
   * Takes no more requests, lets those under way end within `drainSeconds`, then closes every connection. Resolves when
   * nothing is left open. Further calls wait for the first.
   */
  close(): Promise<void>;
}

/** How long clients get, in milliseconds: to send their headers, their whole request, and to ask again when idle. */
const patience = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000 };

/**
 * Serves a search tool, the rewards and advantages of strategies, or both over HTTP. Throws `CONFIG_INVALID` for options out of range and for another host than loopback
 * without a token, and
 * `CONFIG_USAGE` when the address cannot be had.
 *
 * @param options see {@link serverOptions}; what is missing takes its default.
 */
export async function startServer(
  services: Services,
  options: Partial<ServerOptions>,
  logger: Logger,
): Promise<RunningServer> {
  const settings = checked(options);
  if (settings.token === undefined && !isLoopback(settings.host)) {
    throw new TurnwiseError('CONFIG_INVALID', `Listening on ${settings.host} needs a token.`, {
      where: 'server.host',
      hint: 'Set a token of 16 or more characters, or listen on 127.0.0.1.',
    });
  }
  const admission = new Admission(settings.concurrency);
  const metrics = new ServiceMetrics();
  const routes = [
    ...(services.search ? retrievalRoutes(services.search, settings, metrics) : []),
    ...(services.credit ? [...creditRoutes(services.credit), ...remoteRewardRoutes(services.credit)] : []),
  ];
  const app = createApp({ routes, options: settings, admission, metrics, logger });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: patience,
  }) as Server;
  await listen(server, settings, 'The service');
  let closing: Promise<void> | null = null;
  return {
    url: urlOf(server.address() as AddressInfo),
    paths: routes.map(({ path }) => path),
    close: () => (closing ??= shutDown(server, admission, settings.drainSeconds, logger)),
  };
}

function checked(options: Partial<ServerOptions>): ServerOptions {
  const result = serverOptions.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = ['server', ...(issue?.path ?? [])].join('.');
  // The value is left out of the message: it may be the token.
  throw new TurnwiseError('CONFIG_INVALID', `${where}: ${issue?.message}`, { where, cause: result.error });
}

async function shutDown(server: Server, admission: Admission, drainSeconds: number, logger: Logger): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => {
      resolve('late');
    }, drainSeconds * 1000);
  });
  if ((await Promise.race([admission.drain(), late])) === 'late') {
    logger.warn('Requests were cut off at shutdown.', { requests: admission.inside });
    server.closeAllConnections();
  }
  // The last replies are still being written when their requests have left; then only idle connections remain.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 20);
  const end = setTimeout(() => {
    server.closeAllConnections();
  }, 1000);
  await closed;
  clearTimeout(timer);
  clearInterval(sweep);
  clearTimeout(end);
}
