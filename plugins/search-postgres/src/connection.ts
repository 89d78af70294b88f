import { TurnwiseError } from '@turnwise/core';
import pg from 'pg';
import type { PostgresOptions } from './options.js';

/** Connections for searches or an import. Nothing is connected before the first statement. */
export function openPool(options: PostgresOptions, statementTimeoutSeconds: number | null): pg.Pool {
  const connectionString = options.connectionString ?? process.env[options.connectionVariable];
  if (connectionString === undefined || connectionString === '') {
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', 'There is no connection string for PostgreSQL.', {
      where: 'search.with.connectionString',
      hint: `Give connectionString, or set the environment variable ${options.connectionVariable}.`,
    });
  }
  const pool = new pg.Pool({
    connectionString,
    max: options.poolSize,
    connectionTimeoutMillis: 10_000,
    application_name: 'turnwise',
    ...(statementTimeoutSeconds === null ? {} : { statement_timeout: Math.ceil(statementTimeoutSeconds * 1000) }),
  });
  // An idle connection the server closes is no failure of ours: the next search opens another.
  pool.on('error', () => undefined);
  return pool;
}

/** The names of the tables, quoted for statements. */
export function tablesOf({ table }: PostgresOptions): { readonly passages: string; readonly terms: string } {
  const quote = (name: string): string =>
    name
      .split('.')
      .map((part) => `"${part}"`)
      .join('.');
  return { passages: quote(table), terms: quote(`${table}_terms`) };
}
