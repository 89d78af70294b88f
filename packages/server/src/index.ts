/**
 * Retrieval, rewards and advantages over HTTP.
 *
 * @module server
 */
export * from './dashboard/index.js';
export * from './report/index.js';
export { serverOptions, type ServerOptions } from './server-options.js';
export type { CreditStrategies, CreditStrategy, Services } from './services.js';
export { startServer, type RunningServer } from './start-server.js';
