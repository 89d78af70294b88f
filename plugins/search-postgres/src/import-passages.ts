import type { Passage } from '@turnwise/core';
import type pg from 'pg';
import { openPool, tablesOf } from './connection.js';
import type { PostgresOptions } from './options.js';
import { searchableText, storableText } from './searchable-text.js';

/** Rows sent in one statement. */
const rowsPerStatement = 1_000;

/** A tsvector holds at most 1 MB; what lies beyond this many characters of a passage is kept but not found. */
const maxSearchedCharacters = 200_000;

/** What an import did. */
export interface ImportResult {
  readonly passages: number;
  /** Distinct words. */
  readonly terms: number;
}

/**
 * Writes passages into PostgreSQL for searching: a table with a GIN index, and one with how many passages hold each
 * word. All in one transaction: a table of the same name is replaced at the end or, when anything fails, not at all.
 *
 * @param onProgress called with the number of passages written so far.
 */
export async function importPassages(
  options: PostgresOptions,
  passages: Iterable<Passage> | AsyncIterable<Passage>,
  onProgress: (written: number) => void = () => undefined,
): Promise<ImportResult> {
  const pool = openPool(options, null);
  try {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await writeTables(client, options, passages, onProgress);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

async function writeTables(
  client: pg.PoolClient,
  options: PostgresOptions,
  passages: Iterable<Passage> | AsyncIterable<Passage>,
  onProgress: (written: number) => void,
): Promise<ImportResult> {
  const tables = tablesOf(options);
  await client.query(`DROP TABLE IF EXISTS ${tables.terms}, ${tables.passages}`);
  await client.query(
    `CREATE TABLE ${tables.passages} (
       position bigint NOT NULL, id text NOT NULL, title text NOT NULL, text text NOT NULL, terms tsvector NOT NULL
     )`,
  );
  let written = 0;
  let rows: Passage[] = [];
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    await insert(client, tables.passages, options.language, rows, written);
    written += rows.length;
    rows = [];
    onProgress(written);
  };
  for await (const passage of passages) {
    rows.push(passage);
    if (rows.length === rowsPerStatement) await flush();
  }
  await flush();
  // The key and the index come last: filling them row by row takes several times as long.
  await client.query(`ALTER TABLE ${tables.passages} ADD PRIMARY KEY (id)`);
  await client.query(`CREATE INDEX ON ${tables.passages} USING gin (terms)`);
  const statistics = `SELECT terms FROM ${tables.passages}`;
  await client.query(
    `CREATE TABLE ${tables.terms} AS SELECT word AS term, ndoc AS passages FROM ts_stat(${quoteLiteral(statistics)})`,
  );
  await client.query(`ALTER TABLE ${tables.terms} ADD PRIMARY KEY (term)`);
  await client.query(`COMMENT ON TABLE ${tables.passages} IS ${quoteLiteral(commentFor(options, written))}`);
  await client.query(`ANALYZE ${tables.passages}, ${tables.terms}`);
  const counted = await client.query<{ count: string }>(`SELECT count(*) FROM ${tables.terms}`);
  return { passages: written, terms: Number(counted.rows[0]?.count ?? 0) };
}

/** Titles get weight A, texts weight B, for the ranking to tell them apart. */
async function insert(
  client: pg.PoolClient,
  table: string,
  language: string,
  rows: readonly Passage[],
  before: number,
): Promise<void> {
  await client.query(
    `INSERT INTO ${table} (position, id, title, text, terms)
     SELECT $1 + ordinality, id, title, text,
       setweight(to_tsvector($2::regconfig, searched_title), 'A') || setweight(to_tsvector($2::regconfig, searched_text), 'B')
     FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       WITH ORDINALITY AS row (id, title, text, searched_title, searched_text, ordinality)`,
    [
      before,
      language,
      rows.map(({ id }) => storableText(id)),
      rows.map(({ title }) => storableText(title)),
      rows.map(({ text }) => storableText(text)),
      rows.map(({ title }) => searchableText(title)),
      rows.map(({ text }) => searchableText(text.slice(0, maxSearchedCharacters))),
    ],
  );
}

/** What the table says about itself; a search checks the language and reads the number of passages. */
function commentFor({ language }: PostgresOptions, passages: number): string {
  return JSON.stringify({ turnwise: 1, language, passages });
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
