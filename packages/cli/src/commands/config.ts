import type { Command } from 'commander';
import {
  configYaml,
  printableConfig,
  runJsonSchema,
  settingsWithoutEffect,
  TurnwiseError,
  type PluginMemory,
} from '@turnwise/core';
import { jsonOption, withConfigOptions } from '../common-options.js';
import { megabytes, memoryFit, memoryText, peakBytes } from '../memory-text.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions } from '../session.js';

interface JsonConfigOptions extends ConfigOptions {
  readonly json?: true;
}

/** `turnwise config check | print | schema` */
export function addConfigCommands(program: Command, run: Run): void {
  const config = program.command('config').description('check, print or describe configurations');

  withConfigOptions(config.command('check'))
    .description(
      'check a configuration, its plugins and their options, and predict the memory they take; creates nothing',
    )
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
          const memory = await scope.memory();
          for (const one of memory) if (memoryFit(one.memory) === 'never') throw tooLittleMemory(one);
          const warnings = settingsWithoutEffect(loaded);
          if (options.json === true) {
            const estimates = memory.map(({ kind, id, memory: estimate }) => {
              return { kind, id, fit: memoryFit(estimate), peakBytes: peakBytes(estimate), ...estimate };
            });
            return session.json({ ok: true, file, strategy, plugins: list, memory: estimates, warnings });
          }
          const names = list.map(({ kind, id }) => `${kind} ${id}`).join(', ');
          const warned = warnings.map((warning) => `warning: ${warning}`);
          const lines = [`ok: ${file}`, `strategy ${strategy}; ${names}`, ...memory.map(memoryText), ...warned];
          return session.print(lines.join('\n'));
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

function tooLittleMemory({ kind, id, memory }: PluginMemory): TurnwiseError {
  const { leastBytes, limitBytes, remedies } = memory;
  return new TurnwiseError(
    'CONFIG_INVALID',
    `The ${kind} ${id} needs at least ${megabytes(leastBytes)} MB and may take ${megabytes(limitBytes ?? 0)} MB.`,
    {
      where: `${kind}.with`,
      hint:
        remedies.length === 0
          ? 'No setting makes it fit: take a smaller model.'
          : `It fits with ${remedies.join(', or with ')}.`,
    },
  );
}
