import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { SearchFailure, TurnwiseError } from '@turnwise/core';
import { boundedFetch } from './bounded-fetch.js';
import type { McpOptions } from './options.js';

/** Makes a fresh transport to a server. */
export type TransportFactory = () => Transport;

/** A connection that is made when first needed and made again after it broke. */
export class McpConnection {
  readonly #makeTransport: TransportFactory;
  #client: Promise<Client> | null = null;

  constructor(makeTransport: TransportFactory) {
    this.#makeTransport = makeTransport;
  }

  /** The connected client. Rejects with a failure that may pass when the server cannot be reached. */
  client(): Promise<Client> {
    this.#client ??= this.#connect().catch((cause: unknown) => {
      this.#client = null;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SearchFailure(`The MCP server cannot be reached: ${reason}`, { status: 503, cause });
    });
    return this.#client;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    this.#client = null;
    await client?.close();
  }

  async #connect(): Promise<Client> {
    const client = new Client({ name: 'turnwise', version: '0.1.0' });
    client.onclose = () => {
      this.#client = null;
    };
    await client.connect(this.#makeTransport());
    return client;
  }
}

/** How to reach the configured server; `base` is where its folder is relative to. */
export function transportTo(server: McpOptions['server'], base: string): TransportFactory {
  if ('url' in server) {
    const token = tokenFrom(server.tokenVariable);
    const requestInit = token === null ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } };
    return () => new StreamableHTTPClientTransport(new URL(server.url), { ...requestInit, fetch: boundedFetch });
  }
  return () =>
    new StdioClientTransport({
      command: server.command,
      args: server.arguments,
      env: { ...getDefaultEnvironment(), ...server.environment },
      cwd: resolve(base, server.folder ?? '.'),
      // What the server says about itself belongs to it: on our standard error it would break the progress line.
      stderr: 'ignore',
    });
}

function tokenFrom(variable: string | undefined): string | null {
  if (variable === undefined) return null;
  const token = process.env[variable];
  if (token !== undefined && token !== '') return token;
  throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The environment variable ${variable} is not set.`, {
    where: 'search.with.server.tokenVariable',
    hint: `Set ${variable} to the token of the MCP server, or leave tokenVariable out.`,
  });
}
