import { expect, it } from '@jest/globals';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import type { StandardSchemaV1 } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { defineReward } from './define.js';
import { loadPlugins } from './load-plugins.js';

const schemas: Readonly<Record<string, StandardSchemaV1>> = {
  zod: z.strictObject({ scale: z.number().default(2), words: z.strictObject({ most: z.int() }).optional() }),
  valibot: v.strictObject({
    scale: v.optional(v.number(), 2),
    words: v.optional(v.strictObject({ most: v.pipe(v.number(), v.integer()) })),
  }),
  arktype: type({ '+': 'reject', scale: 'number = 2', 'words?': { '+': 'reject', most: 'number.integer' } }),
};

async function load(options: StandardSchemaV1, given: unknown): Promise<unknown> {
  const use = defineReward({ apiVersion: 2, id: 'r', version: '1.0.0', options, create: () => ({ shape: () => [] }) });
  const request = {
    kind: 'reward' as const,
    use,
    options: given,
    path: ['reward'],
    where: 'run.yaml:3:9',
    locate: (path: readonly (string | number)[]) => `run.yaml, ${path.join('.')}`,
  };
  const [plugin] = await loadPlugins([request], { builtins: { from: import.meta.url, plugins: {} }, folder: '/' });
  return plugin?.options;
}

it.each(Object.entries(schemas))(
  'options are checked by %s, defaults filled in, mistakes placed',
  async (_name, schema) => {
    expect(await load(schema, {})).toEqual({ scale: 2 });
    expect(await load(schema, { words: { most: 3 } })).toEqual({ scale: 2, words: { most: 3 } });
    const refused: unknown = await load(schema, { scale: 'large', words: { most: 0.5 } }).catch(
      (error: unknown) => error,
    );
    if (!TurnwiseError.is(refused)) throw refused;
    expect(refused.code).toBe('PLUGIN_OPTIONS_INVALID');
    expect(refused.message).toContain('run.yaml, reward.with.scale');
    expect(refused.message).toContain('run.yaml, reward.with.words.most');
    await expect(load(schema, { scael: 1 })).rejects.toMatchObject({ code: 'PLUGIN_OPTIONS_INVALID' });
  },
);
