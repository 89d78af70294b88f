import type { Command } from 'commander';
import { configYaml, printableConfig, runJsonSchema } from '@turnwise/core';
import { jsonOption, withConfigOptions } from '../common-options.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions } from '../session.js';

interface JsonConfigOptions extends ConfigOptions {
  readonly json?: true;
}

/** `turnwise config check | print | schema` */
export function addConfigCommands(program: Command, run: Run): void {
  const config = program.command('config').description('check, print or describe configurations');

  withConfigOptions(config.command('check'))
    .description('check a configuration, its plugins and their options; creates nothing')
    .addOption(jsonOption())
    .action((options: JsonConfigOptions) =>
      run(async (session) => {
        const loaded = await session.load(options);
        await withScope(await session.compose(loaded), async (scope) => {
          scope.assertDataFiles();
          const { file, strategy } = loaded;
          const list = scope.plugins.map(({ kind, id, origin }) => ({
            kind,
            id,
            source: origin.source,
            version: origin.version,
          }));
          if (options.json === true) return session.json({ ok: true, file, strategy, plugins: list });
          const names = list.map(({ kind, id }) => `${kind} ${id}`).join(', ');
          return session.print(`ok: ${file}\nstrategy ${strategy}; ${names}`);
        });
      }),
    );

  withConfigOptions(config.command('print'))
    .description('print the resolved configuration: defaults, strategy and paths filled in; itself valid')
    .addOption(jsonOption())
    .action((options: JsonConfigOptions) =>
      run(async (session) => {
        const loaded = await session.load(options);
        if (options.json === true) return session.json(printableConfig(loaded));
        return session.print(configYaml(loaded).trimEnd());
      }),
    );

  config
    .command('schema')
    .description('print the JSON Schema of a configuration, for editors')
    .addOption(jsonOption())
    .action((options: { readonly json?: true }) =>
      run((session) => session.print(JSON.stringify(runJsonSchema(), null, options.json === true ? 0 : 2))),
    );
}
