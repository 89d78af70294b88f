import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { SearchFailure, TurnwiseError, type SearchOptions, type SearchOutcome, type SearchTool } from '@turnwise/core';
import { McpConnection, type TransportFactory } from './connection.js';
import { Gate } from './gate.js';
import type { McpOptions } from './options.js';
import { readResult, textsOf } from './read-result.js';

/** Searches by calling a tool of an MCP server, one call a query. */
export class McpSearchTool implements SearchTool {
  readonly #options: McpOptions;
  readonly #connection: McpConnection;
  readonly #gate: Gate;

  constructor(options: McpOptions, makeTransport: TransportFactory) {
    this.#options = options;
    this.#connection = new McpConnection(makeTransport);
    this.#gate = new Gate(options.concurrency);
  }

  /** Connects and checks that the server has the tool and the tool its argument. */
  async init(): Promise<void> {
    const { tool, queryArgument } = this.#options;
    const client = await this.#connection.client();
    const { tools } = await client.listTools();
    const found = tools.find(({ name }) => name === tool);
    if (found === undefined) {
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The MCP server has no tool "${tool}".`, {
        where: 'search.with.tool',
        hint: `Its tools are: ${tools.map(({ name }) => name).join(', ') || 'none'}.`,
      });
    }
    const known = Object.keys(found.inputSchema.properties ?? {});
    if (known.length > 0 && !known.includes(queryArgument)) {
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The tool "${tool}" has no argument "${queryArgument}".`, {
        where: 'search.with.queryArgument',
        hint: `Its arguments are: ${known.join(', ')}.`,
      });
    }
  }

  async search(queries: readonly string[], { topK, signal }: SearchOptions): Promise<SearchOutcome[]> {
    const settled = await Promise.allSettled(
      queries.map((query) => this.#gate.run(() => this.#answer(query, topK, signal))),
    );
    signal.throwIfAborted();
    const lost = settled.find((result) => result.status === 'rejected');
    // Nothing went through: the whole call failed, and the search layer may try it again.
    if (lost !== undefined && settled.every(({ status }) => status === 'rejected')) throw lost.reason;
    return settled.map((result) =>
      result.status === 'fulfilled'
        ? result.value
        : { status: 'error', hits: [], message: (result.reason as Error).message },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  /** Rejects only when the connection is lost. */
  async #answer(query: string, topK: number, signal: AbortSignal): Promise<SearchOutcome> {
    if (query.trim() === '') return { status: 'empty', hits: [], message: 'the query is blank' };
    signal.throwIfAborted();
    const { tool, queryArgument, topKArgument, fixedArguments, timeoutSeconds } = this.#options;
    const client = await this.#connection.client();
    const asked = {
      ...fixedArguments,
      [queryArgument]: query,
      ...(topKArgument === undefined ? {} : { [topKArgument]: topK }),
    };
    try {
      const result = await client.callTool({ name: tool, arguments: asked }, undefined, {
        signal,
        timeout: timeoutSeconds * 1000,
      });
      if (result.isError === true) {
        return { status: 'error', hits: [], message: textsOf(result).join(' ').slice(0, 500) || 'the tool failed' };
      }
      const hits = readResult(result).slice(0, topK);
      return { status: hits.length > 0 ? 'ok' : 'empty', hits };
    } catch (error) {
      return this.#failed(error, signal);
    }
  }

  #failed(error: unknown, signal: AbortSignal): SearchOutcome {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof McpError)) {
      if (error instanceof TypeError) return { status: 'error', hits: [], message };
      throw new SearchFailure(message, { status: 503, cause: error });
    }
    if (error.code === (ErrorCode.RequestTimeout as number)) return { status: 'timeout', hits: [], message };
    if (error.code === (ErrorCode.ConnectionClosed as number)) {
      throw new SearchFailure(message, { status: 503, cause: error });
    }
    return { status: 'error', hits: [], message };
  }
}
