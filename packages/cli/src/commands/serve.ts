import type { Command } from 'commander';
import { startServer } from '@turnwise/server';
import { wholeNumber, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';

interface ServeOptions extends ConfigOptions {
  readonly host: string;
  readonly port: number;
  readonly mcp?: true;
}

/** Environment variable that holds the token, so that it shows in no list of processes. */
const tokenVariable = 'TURNWISE_TOKEN';

/** `turnwise serve` */
export function addServeCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('serve'))
    .description('serve the configured search tool over HTTP, or to an MCP client')
    .option('--host <address>', `address to listen on; any but loopback needs a token in ${tokenVariable}`, '127.0.0.1')
    .option('--port <number>', '0 takes a free one', wholeNumber(0), 8000)
    .option('--mcp', 'serve the Model Context Protocol over standard input and output instead')
    .action((options: ServeOptions) => run((session) => serve(session, options)));
}

async function serve(session: Session, options: ServeOptions): Promise<void> {
  const loaded = await session.load(options);
  // Not the interrupt itself: requests under way are answered before the tool is closed.
  const scope = await session.compose(loaded, ['search'], new AbortController().signal);
  await withScope(scope, async () => {
    const tool = await scope.search();
    const { topK } = scope.settings.rollout;
    if (options.mcp === true) {
      const { serveSearchOverStdio } = await import('@turnwise/search-mcp');
      await serveSearchOverStdio(tool, { topK });
      return;
    }
    const { host, port } = options;
    const token = process.env[tokenVariable];
    const server = await startServer(
      tool,
      { host, port, defaultTopK: topK, ...(token === undefined ? {} : { token }) },
      session.logger,
    );
    session.statusLine.print(`serving ${server.url}: /retrieve /search /batch_search /health /metrics`);
    await interrupt(session.signal);
    session.statusLine.print('closing: answering what is under way');
    await server.close();
  });
}

function interrupt(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
