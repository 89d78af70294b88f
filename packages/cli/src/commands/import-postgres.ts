import type { PostgresOptions } from '@turnwise/search-postgres';
import { readCorpus, TurnwiseError } from '@turnwise/core';
import { withScope, type ConfigOptions, type Session } from '../session.js';

export interface PostgresImportOptions extends ConfigOptions {
  readonly corpus?: string;
  readonly json?: true;
}

/** `turnwise data import --into postgres`: the corpus into the database that the configuration's search names. */
export async function importIntoPostgres(
  session: Session,
  { corpus, json, ...options }: PostgresImportOptions,
): Promise<void> {
  const loaded = await session.load(options);
  const source = loaded.config.corpus;
  const file =
    corpus === undefined ? (source !== undefined && 'file' in source ? source.file : null) : session.path(corpus);
  if (file === null) {
    throw new TurnwiseError('CONFIG_USAGE', 'There is no corpus file to import.', {
      where: loaded.locate(['corpus']),
      hint: 'Name one with --corpus FILE, or as corpus: { file: ... } in the configuration.',
    });
  }
  const { importPassages, postgresOptions } = await import('@turnwise/search-postgres');
  // The plugin's own check, which names the place of what is wrong; nothing is made or connected.
  const settings =
    loaded.config.search.use === 'postgres'
      ? await withScope(await session.compose(loaded, ['search']), (scope) =>
          Promise.resolve(scope.plugins[0]?.options as PostgresOptions),
        )
      : postgresOptions.parse({});
  const passages = await readCorpus(file);
  const result = await importPassages(settings, passages, (written) => {
    session.statusLine.update(() => `importing ${written}/${passages.length} passages`);
  }).catch((cause: unknown) => {
    if (TurnwiseError.is(cause)) throw cause;
    throw new TurnwiseError(
      'PLUGIN_INIT_FAILED',
      `The corpus could not be written into PostgreSQL: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        where: loaded.locate(['search', 'with']),
        hint: `The table ${settings.table} is as it was. Look at connectionString or ${settings.connectionVariable}.`,
        cause,
      },
    );
  });
  await (json === true
    ? session.json({ file, table: settings.table, ...result })
    : session.print(`${result.passages} passages, ${result.terms} words in ${settings.table}`));
}
