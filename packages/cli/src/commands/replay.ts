import type { Command } from 'commander';
import { creditStatistics, estimateAdvantages, explainCredit, explanationText, goldReport } from '@turnwise/core';
import { readGroups, shapeGroups } from '@turnwise/core';
import { jsonOption, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';
import { strategySetting } from '../strategy-names.js';

interface ReplayOptions extends ConfigOptions {
  readonly strategy?: string;
  readonly explain?: true;
  readonly json?: true;
}

/** `turnwise replay` */
export function addReplayCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('replay'))
    .description('score recorded groups again with any strategy; all groups of the file are one batch')
    .argument('<file>', 'groups from trajectories/ of a run or `turnwise eval --save-groups`, or Search-R1 transcripts')
    .option('--strategy <name>', "a built-in strategy or one of the configuration's; default: tspo")
    .option('--explain', 'say in words why each turn got its reward and its advantage')
    .addOption(jsonOption('one JSON object a group, in the order of the file,'))
    .action((file: string, options: ReplayOptions) => run((session) => replay(session, file, options)));
}

/** Nothing is printed before every line of the input has been read and every group has been scored. */
async function replay(session: Session, file: string, options: ReplayOptions): Promise<void> {
  const { strategy: name } = options;
  const strategy = name === undefined ? [] : [strategySetting(name, `--strategy ${name}`)];
  const loaded = await session.load({ ...options, set: [...strategy, ...options.set] }, false);
  await withScope(await session.compose(loaded, ['reward', 'advantage']), async (scope) => {
    const groups = await readGroups(session.path(file));
    const rewards = await scope.rewards();
    const advantage = await scope.advantage();
    const shaped = await shapeGroups(groups, rewards, session.signal);
    const advantages = estimateAdvantages(shaped, advantage);
    const explanations = options.explain === true ? explainCredit(shaped, advantages, advantage) : [];
    if (options.json === true) {
      for (const [index, group] of shaped.entries()) {
        const explanation = explanations[index];
        await session.json({ ...group, advantages: advantages[index], ...(explanation ? { explanation } : {}) });
      }
      return;
    }
    for (const [index, { question }] of shaped.entries()) {
      const explanation = explanations[index];
      if (explanation) await session.print(`${explanationText(question, explanation)}\n`);
    }
    const gold = goldReport(groups);
    const statistics = Object.entries({
      ...creditStatistics(shaped, advantages),
      'gold/seen': gold.seen,
      'gold/in-question': gold.goldInQuestion,
      'gold/in-every-result': gold.goldInEveryResult,
      'gold/without-usable-answer': gold.withoutUsableGold,
    });
    const rows = statistics.map(([name, value]) => `${name.padEnd(38)}${value.toFixed(4).padStart(9)}`);
    await session.print([`${groups.length} groups, strategy ${loaded.strategy}`, ...rows].join('\n'));
  });
}
