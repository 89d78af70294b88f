import { Option, type Command } from 'commander';
import { startServer } from '@turnwise/server';
import type { LoadedConfig, SearchTool } from '@turnwise/core';
import { wholeNumber, withConfigOptions } from '../common-options.js';
import { OpenedStrategies } from '../credit-strategies.js';
import { interruptOf } from '../interrupt.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';

type Service = 'retrieval' | 'credit';

interface ServeOptions extends ConfigOptions {
  readonly host: string;
  readonly port: number;
  readonly only?: Service;
  readonly maxBodyBytes?: number;
  readonly mcp?: true;
}

/** Environment variable that holds the token, so that it shows in no list of processes. */
const tokenVariable = 'TURNWISE_TOKEN';

/** `turnwise serve` */
export function addServeCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('serve'))
    .description('serve retrieval, rewards and advantages over HTTP, or the search tool to an MCP client')
    .option('--host <address>', `address to listen on; any but loopback needs a token in ${tokenVariable}`, '127.0.0.1')
    .option('--port <number>', '0 takes a free one', wholeNumber(0), 8000)
    .addOption(
      new Option('--only <service>', 'credit needs neither corpus nor, without -c, a configuration').choices([
        'retrieval',
        'credit',
      ]),
    )
    .option('--max-body-bytes <number>', 'longer requests are refused; default: 8388608', wholeNumber(1024))
    .option('--mcp', 'serve the Model Context Protocol over standard input and output instead')
    .action((options: ServeOptions) => run((session) => serve(session, options)));
}

async function serve(session: Session, options: ServeOptions): Promise<void> {
  const loaded = await session.load(options, options.only !== 'credit');
  // Not the interrupt itself: requests under way are answered before the tool is closed.
  const { signal } = new AbortController();
  if (options.only === 'credit') return listen(session, options, loaded, undefined, signal);
  const scope = await session.compose(loaded, ['search'], signal);
  await withScope(scope, async () => {
    const tool = await scope.search();
    const { topK } = scope.settings.rollout;
    if (options.mcp === true) {
      const { serveSearchOverStdio } = await import('@turnwise/search-mcp');
      await serveSearchOverStdio(tool, { topK });
      return;
    }
    await listen(session, options, loaded, { tool, topK }, signal);
  });
}

async function listen(
  session: Session,
  options: ServeOptions,
  loaded: LoadedConfig,
  search: { readonly tool: SearchTool; readonly topK: number } | undefined,
  signal: AbortSignal,
): Promise<void> {
  await using strategies = new OpenedStrategies(session, options, loaded, signal);
  const { host, port, only, maxBodyBytes } = options;
  const token = process.env[tokenVariable];
  const credit = only === 'retrieval' ? undefined : strategies;
  // A strategy that cannot be used is said now and not to the first client.
  await credit?.open(credit.defaultName);
  const server = await startServer(
    { ...(search ? { search: search.tool } : {}), ...(credit ? { credit } : {}) },
    {
      host,
      port,
      ...(search ? { defaultTopK: search.topK } : {}),
      ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
      ...(token === undefined ? {} : { token }),
    },
    session.logger,
  );
  session.statusLine.print(`serving ${server.url}: ${server.paths.join(' ')} /health /metrics /openapi.json`);
  await interruptOf(session.signal);
  session.statusLine.print('closing: answering what is under way');
  await server.close();
}
