import type { Command } from 'commander';
import { TurnwiseError, type SearchOutcome } from '@turnwise/core';
import { jsonOption, wholeNumber, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions } from '../session.js';

interface SearchOptions extends ConfigOptions {
  readonly topK?: number;
  readonly json?: true;
}

/** `turnwise search` */
export function addSearchCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('search'))
    .description('ask the configured search tool')
    .argument('<query>', 'what to search for')
    .option('--top-k <number>', 'most passages; default: as the configuration says', wholeNumber(1))
    .addOption(jsonOption())
    .action((query: string, options: SearchOptions) =>
      run(async (session) => {
        const loaded = await session.load(options);
        await withScope(await session.compose(loaded, ['search']), async (scope) => {
          const topK = options.topK ?? scope.settings.rollout.topK;
          const tool = await scope.search();
          const outcomes = await tool.search([query], { topK, signal: session.signal });
          const outcome = theOnly(outcomes, loaded.locate(['search', 'use']));
          const { status, hits } = outcome;
          await (options.json === true
            ? session.json({ query, topK, status, hits })
            : session.print(searchText(outcome)));
        });
      }),
    );
}

function theOnly(outcomes: readonly SearchOutcome[], where: string): SearchOutcome {
  const outcome = outcomes[0];
  if (outcome === undefined || outcomes.length !== 1) {
    throw new TurnwiseError('CONTRACT_SEARCH_LENGTH', `The search tool gave ${outcomes.length} outcomes for 1 query.`, {
      where,
      hint: 'A search tool returns one outcome for each query, in order.',
    });
  }
  if (outcome.status === 'error' || outcome.status === 'timeout') {
    throw new TurnwiseError(
      'ROLLOUT_SEARCH',
      `The search ended as ${outcome.status}: ${outcome.message ?? 'no reason given'}`,
      {
        where,
      },
    );
  }
  return outcome;
}

function searchText({ hits }: SearchOutcome): string {
  if (hits.length === 0) return 'nothing found';
  return hits
    .map(({ id, title, text, score }, index) => {
      const line = text.replace(/\s+/g, ' ');
      const shown = line.length > 200 ? `${line.slice(0, 199)}…` : line;
      return `${index + 1}. ${title === '' ? id : `${title} (${id})`}  ${score.toFixed(3)}\n   ${shown}`;
    })
    .join('\n');
}
