import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import type { Plugin } from '@turnwise/core';

const folders = readdirSync(new URL('../../plugins', import.meta.url)).filter((name) =>
  /^(reward|advantage)-/.test(name),
);

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

/** Dotted names of all options with their defaults. */
function optionsOf(schema: Schema, prefix = ''): { name: string; standard: unknown }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) =>
    option.properties ? optionsOf(option, `${prefix}${name}.`) : [{ name: prefix + name, standard: option.default }],
  );
}

describe.each(folders)('%s', (folder) => {
  const read = (file: string): string =>
    readFileSync(new URL(`../../plugins/${folder}/${file}`, import.meta.url), 'utf8');
  const load = async (): Promise<Plugin> => ((await import(`@turnwise/${folder}`)) as { default: Plugin }).default;

  it('exports what its manifest says', async () => {
    const plugin = await load();
    const manifest = JSON.parse(read('package.json')) as { version: string; turnwise: object };
    expect({ apiVersion: plugin.apiVersion, kind: plugin.kind, id: plugin.id }).toEqual(manifest.turnwise);
    expect(plugin.version).toBe(manifest.version);
  });

  it('documents every option with its default', async () => {
    const plugin = await load();
    const readme = read('README.md');
    const options = optionsOf(z.toJSONSchema(plugin.options as z.ZodType, { io: 'input' }) as Schema);
    for (const { name, standard } of options) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row).toContain(`\`${typeof standard === 'string' ? standard : JSON.stringify(standard)}\``);
    }
  });
});
