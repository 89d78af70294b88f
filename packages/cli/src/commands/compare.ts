import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { compareRuns, lockRun, readFinishedRun, runComparisonText, TurnwiseError } from '@turnwise/core';
import type { FinishedRun, LoadedConfig, MissingRun, RunComparison } from '@turnwise/core';
import { jsonOption, wholeNumber, withConfigOptions } from '../common-options.js';
import { planRuns, type PlannedRun } from '../comparison/planned-run.js';
import { trainAll } from '../comparison/train-all.js';
import { writeComparison } from '../comparison/write-comparison.js';
import type { Run } from '../run.js';
import type { ConfigOptions, Session } from '../session.js';
import { strategyNames } from '../strategy-names.js';

interface CompareOptions extends ConfigOptions {
  readonly strategies: string;
  readonly seeds: SeedChoice;
  readonly runDir?: string;
  readonly jobs?: number;
  readonly threshold?: number;
  readonly json?: true;
}

/** So many, from the configuration's own on; or these. */
type SeedChoice = number | readonly number[];

/** `turnwise compare` */
export function addCompareCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('compare'))
    .description('train with several strategies and seeds at the same budget, and compare what they learned')
    .requiredOption('--strategies <names>', "built-in strategies or the configuration's, separated by commas")
    .option('--seeds <number or list>', "how many, from the configuration's seed on; or a list: 1,2,7", seedChoice, 5)
    .option('--run-dir <folder>', 'where runs, compare.json and report.html go; default: runs/compare-<configuration>')
    .option('--jobs <number>', 'trainings at once; default: one for each processor', wholeNumber(1))
    .option('--threshold <share>', 'held-out exact match whose first crossing is timed; default: half-way', share)
    .addOption(jsonOption())
    .action((options: CompareOptions) => run((session) => compare(session, options)));
}

/** What is missing is trained, then everything that is finished is compared. */
async function compare(session: Session, options: CompareOptions): Promise<void> {
  const strategies = strategyNames(options.strategies);
  const loaded = await session.load(options);
  const config = loaded.file ?? '';
  const place =
    options.runDir === undefined ? defaultPlace(loaded, session.path('runs')) : session.path(options.runDir);
  const seeds = seedsOf(options.seeds, loaded.config.seed);
  const plan = await planRuns(session, { config, set: options.set }, strategies, seeds, place);
  for (const { loaded: one } of plan.filter(({ seed }) => seed === seeds[0])) {
    // A plugin that is not there or refuses its options is said once, before anything starts.
    await (await session.compose(one))[Symbol.asyncDispose]();
  }
  await mkdir(place, { recursive: true });
  const unlock = await lockRun(join(place, 'compare.lock'));
  try {
    const missing = await trainAll(session, plan, options.jobs ?? availableParallelism());
    const comparison = await compareFinished(plan, missing, options.threshold);
    if (comparison !== null) {
      await writeComparison(place, comparison, basename(config));
      await say(session, comparison, place, options.json === true);
    }
    session.signal.throwIfAborted();
    if (missing.length > 0) throw incomplete(missing, place);
  } finally {
    await unlock();
  }
}

async function compareFinished(
  plan: readonly PlannedRun[],
  missing: readonly MissingRun[],
  threshold: number | undefined,
): Promise<RunComparison | null> {
  const lost = new Set(missing.map(({ folder }) => folder));
  const runs: FinishedRun[] = [];
  for (const { folder, strategy } of plan.filter((run) => !lost.has(run.folder))) {
    runs.push(await readFinishedRun(folder, strategy));
  }
  return runs.length === 0 ? null : compareRuns(runs, { threshold, missing });
}

async function say(session: Session, comparison: RunComparison, place: string, json: boolean): Promise<void> {
  if (json) return session.json({ folder: place, ...comparison });
  await session.print(`${runComparisonText(comparison)}\n\n${place}: report.html, compare.json, figures/`);
}

function incomplete(missing: readonly MissingRun[], place: string): TurnwiseError {
  const names = missing.map(({ strategy, seed, reason }) => `${strategy} seed ${seed} (${reason})`);
  return new TurnwiseError('RUN_INCOMPLETE', `${missing.length} of the runs failed: ${names.join('; ')}.`, {
    where: place,
    hint: 'What they printed is in runs/*.log there. The same command tries them again and keeps the others.',
  });
}

/** The same for the same configuration, so that the same command goes on. */
function defaultPlace({ file, config }: LoadedConfig, runs: string): string {
  const title = file === null ? 'run' : basename(file, extname(file)).replace(/[^\w-]+/g, '-');
  return join(config.run.folder ?? runs, `compare-${title}`);
}

function seedsOf(choice: SeedChoice, first: number): readonly number[] {
  return typeof choice === 'number' ? Array.from({ length: choice }, (_, index) => first + index) : choice;
}

function seedChoice(text: string): SeedChoice {
  if (!text.includes(',')) return wholeNumber(1)(text);
  const seeds = text.split(',').map(wholeNumber(0));
  if (new Set(seeds).size < seeds.length) throw new InvalidArgumentError('A seed stands there twice.');
  return seeds;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a share above 0 and at most 1, e.g. 0.6.');
}
