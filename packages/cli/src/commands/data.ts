import type { Command } from 'commander';
import { suggestion, TurnwiseError, type World } from '@turnwise/core';
import { worldFiles, writeWorld } from '@turnwise/wikiworld';
import { jsonOption, wholeNumber } from '../common-options.js';
import type { Run } from '../run.js';
import { builtinWorlds } from '../worlds.js';
import { addImportCommand } from './import.js';

interface GenerateOptions {
  readonly out: string;
  readonly difficulty: string;
  readonly seed: number;
  readonly trainQuestions?: number;
  readonly evalQuestions?: number;
  readonly json?: true;
}

/** `turnwise data generate` and `turnwise data import` */
export function addDataCommands(program: Command, run: Run): void {
  const data = program.command('data').description('make and move data sets');
  addImportCommand(data, run);
  data
    .command('generate')
    .description('write a generated world as corpus and question files')
    .argument('[world]', 'name of the world', 'wikiworld')
    .requiredOption('--out <folder>', 'where the files go')
    .option('--difficulty <name>', 'standard or hard', 'standard')
    .option('--seed <number>', 'seed of the world', wholeNumber(0), 1)
    .option('--train-questions <number>', "number of training questions; default: the world's own", wholeNumber(1))
    .option('--eval-questions <number>', "number of held-out questions; default: the world's own", wholeNumber(1))
    .addOption(jsonOption())
    .action((world: string, { out, json, ...request }: GenerateOptions) =>
      run(async (session) => {
        const folder = session.path(out);
        const { passages, train, eval: heldOut } = await generate(world, request);
        await writeWorld(folder, { passages, train, eval: heldOut });
        const counts = { passages: passages.length, trainQuestions: train.length, evalQuestions: heldOut.length };
        if (json === true) return session.json({ world, ...request, ...counts, folder, files: worldFiles });
        const files = Object.values(worldFiles).join(', ');
        const { trainQuestions, evalQuestions } = counts;
        return session.print(
          `${counts.passages} passages, ${trainQuestions} + ${evalQuestions} questions in ${folder}: ${files}`,
        );
      }),
    );
}

async function generate(
  name: string,
  request: Pick<GenerateOptions, 'difficulty' | 'seed' | 'trainQuestions' | 'evalQuestions'>,
): Promise<World> {
  const source = Object.hasOwn(builtinWorlds, name) ? builtinWorlds[name] : undefined;
  if (source === undefined) {
    const names = Object.keys(builtinWorlds);
    const message = `There is no world ${JSON.stringify(name)}.${suggestion(name, names)} Known: ${names.join(', ')}.`;
    throw new TurnwiseError('CONFIG_USAGE', message);
  }
  try {
    return await source(request);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TurnwiseError('CONFIG_USAGE', `The world ${name} refuses: ${cause.message}`, { cause });
  }
}
