import type { Command } from 'commander';
import { listBuiltinPlugins } from '@turnwise/core';
import { builtinPlugins } from '../builtin-plugins.js';
import { jsonOption } from '../common-options.js';
import type { Run } from '../run.js';

/** `turnwise plugins list` */
export function addPluginsCommands(program: Command, run: Run): void {
  const plugins = program.command('plugins').description('look at plugins; reads manifests only, imports nothing');
  plugins
    .command('list')
    .description('list the plugins that short names stand for')
    .addOption(jsonOption())
    .action((options: { readonly json?: true }) =>
      run((session) => {
        const listings = listBuiltinPlugins(builtinPlugins);
        if (options.json === true) return session.json({ plugins: listings });
        const rows = listings.map(({ kind, id, source, version, description }) =>
          [kind.padEnd(10), id.padEnd(13), `${source}@${version ?? '?'}`.padEnd(36), description].join(' ').trimEnd(),
        );
        return session.print(rows.join('\n'));
      }),
    );
}
