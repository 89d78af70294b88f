import type { Command } from 'commander';
import type { PostgresOptions } from '@turnwise/search-postgres';
import { readCorpus, TurnwiseError } from '@turnwise/core';
import { jsonOption, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';

interface ImportOptions extends ConfigOptions {
  readonly corpus?: string;
  readonly into: string;
  readonly json?: true;
}

/** `turnwise data import` */
export function addImportCommand(data: Command, run: Run): void {
  withConfigOptions(data.command('import'))
    .description("write the corpus into a database; its place is the configuration's search.with")
    .requiredOption('--into <database>', 'postgres')
    .option('--corpus <file>', 'JSON Lines of passages; default: the corpus of the configuration')
    .addOption(jsonOption())
    .action((options: ImportOptions) => run((session) => importCorpus(session, options)));
}

async function importCorpus(session: Session, { corpus, into, json, ...options }: ImportOptions): Promise<void> {
  if (into !== 'postgres') {
    throw new TurnwiseError('CONFIG_USAGE', `--into is ${JSON.stringify(into)}; expected postgres.`, {
      where: '--into',
    });
  }
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
