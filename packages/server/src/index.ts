export { serverOptions, type ServerOptions } from './server-options.js';
export { startServer, type RunningServer } from './start-server.js';
