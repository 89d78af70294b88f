import type { Command } from 'commander';
import { listBuiltinPlugins } from '@turnwise/core';
import { builtinPlugins } from '../builtin-plugins.js';
import { jsonOption, withConfigOptions } from '../common-options.js';
import { addToLock, configuredPackages, examine, lockPackages } from '../plugins/configured-packages.js';
import { inspectionText, requireSound } from '../plugins/inspection-text.js';
import type { Run } from '../run.js';
import type { ConfigOptions, Session } from '../session.js';

interface JsonOptions {
  readonly json?: true;
}
type ConfiguredOptions = ConfigOptions & JsonOptions;

/** Printed before any package is trusted. */
const warning =
  'Plugins are code and run with your full rights: files, network, environment. Lock only what you trust.';

/** `turnwise plugins list | inspect | doctor | add | lock` */
export function addPluginsCommands(program: Command, run: Run): void {
  const plugins = program
    .command('plugins')
    .description('look at plugins and lock them; reads manifests only, imports nothing');
  plugins
    .command('list')
    .description('list the plugins that short names stand for')
    .addOption(jsonOption())
    .action((options: JsonOptions) => run((session) => list(session, options)));
  plugins
    .command('inspect')
    .description('show what an installed plugin says about itself, and what would keep it from running')
    .argument('<package>', 'its package name, as in `use`')
    .addOption(jsonOption())
    .action((name: string, options: JsonOptions) =>
      run(async (session) => {
        const found = examine(name, session.path('.'));
        await (options.json === true ? session.json(found) : session.print(inspectionText(found)));
      }),
    );
  withConfigOptions(plugins.command('doctor'))
    .description('examine every third-party plugin of a configuration')
    .addOption(jsonOption())
    .action((options: ConfiguredOptions) => run((session) => doctor(session, options)));
  withConfigOptions(plugins.command('lock'))
    .description(
      'write the third-party plugins of a configuration, as they are installed now, into its lock file; others stay',
    )
    .addOption(jsonOption())
    .action((options: ConfiguredOptions) =>
      run(async (session) => {
        const loaded = await session.load(options);
        const { file, locked, kept, removed } = lockPackages(loaded, configuredPackages(loaded));
        if (options.json === true) return session.json({ file, plugins: locked, kept, removed });
        const lines = [
          ...locked.map(({ name, version, integrity }) => `locked ${name}@${version} ${integrity}`),
          ...kept.map(({ name, version }) => `kept ${name}@${version} as it was: this configuration does not name it`),
          ...removed.map(({ name, version }) => `removed ${name}@${version}: neither named nor installed`),
        ];
        return session.print([warning, ...lines, `${file}: ${locked.length + kept.length} plugins`].join('\n'));
      }),
    );
  withConfigOptions(plugins.command('add'))
    .description('examine an installed plugin and add it to the lock file of a configuration; installs nothing')
    .argument('<package>', 'its package name, as in `use`')
    .addOption(jsonOption())
    .action((name: string, options: ConfiguredOptions) => run((session) => add(session, name, options)));
}

async function list(session: Session, options: JsonOptions): Promise<void> {
  const listings = listBuiltinPlugins(builtinPlugins);
  if (options.json === true) return session.json({ plugins: listings });
  const rows = listings.map(({ kind, id, source, version, description }) =>
    [kind.padEnd(10), id.padEnd(13), `${source}@${version ?? '?'}`.padEnd(36), description].join(' ').trimEnd(),
  );
  return session.print(rows.join('\n'));
}

async function doctor(session: Session, options: ConfiguredOptions): Promise<void> {
  const loaded = await session.load(options);
  const found = configuredPackages(loaded).map(({ name }) => examine(name, loaded.folder));
  const text =
    found.length === 0 ? 'The configuration names no third-party plugin.' : found.map(inspectionText).join('\n\n');
  await (options.json === true ? session.json({ plugins: found }) : session.print(text));
  requireSound(found);
}

async function add(session: Session, name: string, options: ConfiguredOptions): Promise<void> {
  const loaded = await session.load(options);
  const found = examine(name, loaded.folder);
  if (options.json !== true) await session.print(`${warning}\n\n${inspectionText(found)}\n`);
  requireSound([found]);
  const kind = found.manifest?.kind ?? '';
  const { file, locked } = addToLock(loaded, found);
  if (options.json === true) return session.json({ file, plugins: locked });
  return session.print(`added to ${file}; now name it in the configuration: ${kind}: { use: "${name}" }`);
}
