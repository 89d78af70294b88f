import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  newestDefinition,
  type PluginDefinition,
  type PluginInstances,
  type PluginKind,
  type PluginLifecycle,
} from '@turnwise/core';
import { findPackage, type PackageFile } from './plugin/package-file.js';
import { ConformanceError, demand } from './rule.js';
import { misused, type SuiteSettings } from './settings.js';
import { shown } from './same-value.js';
import { testContext, type TestContextSettings } from './test-context.js';
import { within } from './within.js';

/** A plugin under test, and how to get instances of it. */
export interface Subject<Kind extends PluginKind = PluginKind> {
  readonly kind: Kind;
  /** As the package exports it. */
  readonly plugin: PluginDefinition<Kind>;
  /** As the configuration would give them. */
  readonly options: unknown;
  /** `null`: a single file, without a package. */
  readonly packageFile: PackageFile | null;
  readonly seconds: number;
  /** What a standard call of an instance gives; equal for instances that behave alike. */
  probe(instance: PluginInstances[Kind]): Promise<unknown>;
  /** The world instances are made in. */
  readonly context?: TestContextSettings;
}

/** Makes the subject of a suite. Throws `TESTKIT_USAGE` for what is not a plugin of the kind. */
export function subjectOf<Kind extends PluginKind>(
  suite: string,
  kind: Kind,
  plugin: PluginDefinition<Kind>,
  settings: SuiteSettings,
  probe: Subject<Kind>['probe'],
): Subject<Kind> {
  const found = (plugin as Partial<PluginDefinition> | undefined)?.kind;
  if (found !== kind) {
    throw misused(
      suite,
      `expected a ${kind} plugin, got ${found === undefined ? shown(plugin) : `a ${found} plugin`}.`,
      'Pass the default export of the plugin to the suite of its kind.',
    );
  }
  const { options = {}, from = process.cwd(), seconds = 10 } = settings;
  return { kind, plugin, options, packageFile: from === null ? null : findPackage(suite, from), seconds, probe };
}

/** The options as the plugin's schema returns them, defaults filled in. */
export async function checkedOptions({ plugin, options }: Subject): Promise<unknown> {
  const result = await plugin.options['~standard'].validate(structuredClone(options));
  if (result.issues === undefined) return result.value;
  throw new ConformanceError(
    `the options ${shown(options)} are refused: ${result.issues.map(({ message }) => message).join('; ')}`,
    'pass options the plugin accepts: { options: { ... } }',
  );
}

/** An instance as a run has it: created and started. */
export interface OpenedPlugin<Kind extends PluginKind> {
  readonly instance: PluginInstances[Kind];
  readonly close: () => Promise<void>;
}

/**
 * Creates an instance in a world and a folder of its own.
 *
 * @param start false: `init` is not called.
 */
export async function open<Kind extends PluginKind>(
  subject: Subject<Kind>,
  world: TestContextSettings = {},
  start = true,
): Promise<OpenedPlugin<Kind>> {
  const options = await checkedOptions(subject);
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-testkit-'));
  const context = testContext({ folder, ...subject.context, ...world });
  const definition = newestDefinition(subject.plugin);
  const { seconds } = subject;
  const instance = await within(seconds, 'create()', () => definition.create(context, options));
  demand(
    typeof instance === 'object' && (instance as unknown) !== null,
    () => `create() returned ${shown(instance)}`,
    `return an object with the methods of a ${subject.kind}`,
  );
  const lifecycle = instance as PluginLifecycle;
  if (start) await within(seconds, 'init()', () => lifecycle.init?.({ signal: context.signal }));
  return {
    instance,
    close: async () => {
      await within(seconds, 'closing', () => lifecycle[Symbol.asyncDispose]?.());
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Works with a new instance and closes it, also when the work fails. */
export async function withInstance<Kind extends PluginKind, Result>(
  subject: Subject<Kind>,
  work: (instance: PluginInstances[Kind]) => Promise<Result> | Result,
  world: TestContextSettings = {},
): Promise<Result> {
  const { instance, close } = await open(subject, world);
  let result: Result;
  try {
    result = await within(subject.seconds * 3, 'the rule', () => work(instance));
  } catch (error) {
    // What the rule found is what counts.
    await close().catch(() => undefined);
    throw error;
  }
  await close().catch(() => undefined);
  return result;
}
