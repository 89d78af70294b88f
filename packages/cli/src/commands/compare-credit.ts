import { basename } from 'node:path';
import type { Command } from 'commander';
import { compareCredit, comparisonPage, comparisonText, estimateAdvantages, readGroups } from '@turnwise/core';
import { shapeGroups, TurnwiseError, writeFileWhole } from '@turnwise/core';
import type { RunScope, StrategyResult, TrajectoryGroup } from '@turnwise/core';
import { jsonOption, wholeNumber, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';
import { strategyNames, strategySetting } from '../strategy-names.js';

interface CompareOptions extends ConfigOptions {
  readonly strategies: string;
  readonly examples: number;
  readonly html?: string;
  readonly json?: true;
}

/** `turnwise compare-credit` */
export function addCompareCreditCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('compare-credit'))
    .description('what several strategies would learn from the same recorded groups, and where they disagree')
    .argument('<file>', 'groups from trajectories/ of a run or `turnwise eval --save-groups`, or Search-R1 transcripts')
    .requiredOption('--strategies <names>', "built-in strategies or the configuration's, separated by commas")
    .option('--examples <number>', 'most examples of disagreement', wholeNumber(0), 10)
    .option('--html <file>', 'also write the comparison as one self-contained page')
    .addOption(jsonOption())
    .action((file: string, options: CompareOptions) => run((session) => compare(session, file, options)));
}

/** Everything is read and scored before anything is written or printed. */
async function compare(session: Session, file: string, options: CompareOptions): Promise<void> {
  const names = strategyNames(options.strategies);
  const input = session.path(file);
  const page = options.html === undefined ? null : session.path(options.html);
  if (page === input) {
    throw new TurnwiseError('CONFIG_USAGE', `--html ${options.html} would overwrite the recorded groups.`, {
      hint: 'Name another file.',
    });
  }
  // A misspelt strategy is said before a large file is read.
  const loaded = await Promise.all(
    names.map((name) => {
      const strategy = strategySetting(name, `--strategies ${options.strategies}`);
      return session.load({ ...options, set: [strategy, ...options.set] }, false);
    }),
  );
  const groups = await readGroups(input);
  const results: StrategyResult[] = [];
  for (const [index, configuration] of loaded.entries()) {
    const scope = await session.compose(configuration, ['reward', 'advantage']);
    results.push(await withScope(scope, () => score(scope, names[index] ?? '', groups, session.signal)));
  }
  const comparison = compareCredit(groups, results, options.examples);
  if (page !== null) await writeFileWhole(page, comparisonPage(comparison, basename(input)));
  if (options.json === true) return session.json({ file: input, ...comparison });
  await session.print(comparisonText(comparison));
  if (page !== null) await session.print(`\npage: ${page}`);
}

async function score(
  scope: RunScope,
  name: string,
  groups: readonly TrajectoryGroup[],
  signal: AbortSignal,
): Promise<StrategyResult> {
  const shaped = await shapeGroups(groups, await scope.rewards(), signal);
  return { name, shaped, advantages: estimateAdvantages(shaped, await scope.advantage()) };
}
