import type { Command } from 'commander';
import { TurnwiseError } from '@turnwise/core';
import { jsonOption, wholeNumber, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import type { ConfigOptions } from '../session.js';
import { importFiles } from './import-files.js';
import { importIntoPostgres } from './import-postgres.js';

interface ImportOptions extends ConfigOptions {
  readonly train?: string;
  readonly eval?: string;
  readonly corpus?: string;
  readonly out?: string;
  readonly into?: string;
  readonly limit?: number;
  readonly json?: true;
}

/** `turnwise data import` */
export function addImportCommand(data: Command, run: Run): void {
  withConfigOptions(data.command('import'))
    .description('convert questions and passages of published data sets, or write a corpus into a database')
    .argument('[questions]', 'parquet, JSON Lines or JSON array of questions; becomes questions.jsonl')
    .option('--train <file>', 'the same for questions.train.jsonl')
    .option('--eval <file>', 'the same for questions.dev.jsonl')
    .option('--corpus <file>', 'passages in parquet or JSON Lines; the passages of the questions are added')
    .option('--out <folder>', 'where the converted files go')
    .option('--limit <number>', 'keep the first so many questions of each file', wholeNumber(1))
    .option('--into <database>', "postgres: write the corpus into the configuration's search.with instead")
    .addOption(jsonOption())
    .action((questions: string | undefined, { into, ...options }: ImportOptions) =>
      run((session) => {
        if (into !== undefined) {
          const misplaced = [questions, options.out, options.train, options.eval, options.limit];
          if (into !== 'postgres') throw usage(`--into is ${JSON.stringify(into)}; expected postgres.`, '--into');
          if (misplaced.some((value) => value !== undefined)) {
            throw usage('--into postgres takes --corpus and nothing else.', '--into');
          }
          return importIntoPostgres(session, options);
        }
        if (options.out === undefined) throw usage('Where to? Name a folder with --out.', '--out');
        return importFiles(session, {
          ...options,
          out: options.out,
          ...(questions === undefined ? {} : { questions }),
        });
      }),
    );
}

function usage(message: string, where: string): TurnwiseError {
  return new TurnwiseError('CONFIG_USAGE', message, {
    where,
    hint: 'turnwise data import hotpot_train.parquet --out data, or turnwise data import --into postgres -c run.yaml',
  });
}
