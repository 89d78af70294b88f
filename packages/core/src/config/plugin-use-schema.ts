import { z } from 'zod';
import type { PluginDefinition } from '../contract/index.js';
import { pluginBrand } from '../plugin/define.js';
import { isolationSchema } from '../plugin/isolation-limits.js';
import { searchLayerOptions, type SearchLayerOptions } from '../search/layer-options.js';

const isPlugin = (value: unknown): boolean => typeof value === 'object' && value !== null && pluginBrand in value;

/**
 * Which plugin: a built-in id, a package name, a file starting with `./`, or, in a TypeScript configuration, the
 * imported plugin itself.
 */
const useSchema = z
  .union([z.string().min(1), z.custom<PluginDefinition>(isPlugin, 'expected a plugin name')])
  .describe('Built-in id, package name (turnwise-<kind>-<id> or @scope/...), or file starting with ./');

const withSchema = z
  .record(z.string(), z.unknown())
  .default({})
  .describe("The plugin's options; checked by the plugin's own schema.");

export const pluginUseSchema = z.strictObject({ use: useSchema, with: withSchema });

/** What a user writes where a plugin has a default. */
export interface PluginUseInput {
  readonly use?: string | PluginDefinition | undefined;
  readonly with?: Record<string, unknown> | undefined;
}

/** The same where there is a default plugin: options alone, without `use`, are options of that plugin. */
export const pluginUseWithDefault = (id: string): z.ZodType<PluginUse, PluginUseInput | undefined> =>
  z.strictObject({ use: useSchema.default(id), with: withSchema }).prefault({});

/** The search tool and the layer around it. */
export const searchUseSchema: z.ZodType<SearchUse, (PluginUseInput & { layer?: object | undefined }) | undefined> = z
  .strictObject({
    use: useSchema.default('lunr'),
    with: withSchema,
    layer: searchLayerOptions.prefault({}).describe('Cache, batches, deadlines, retries, record and replay.'),
  })
  .prefault({});

const rewardUseSchema = z.strictObject({
  use: useSchema,
  with: withSchema,
  weight: z.number().default(1).describe('Factor of this reward when several are added up.'),
  isolation: isolationSchema.optional(),
});

/** One reward or several, added up with their weights. */
export const rewardSchema = z
  .union([rewardUseSchema.transform((one) => [one]), z.array(rewardUseSchema).min(1)])
  .describe('One reward plugin, or a list that is added up with weights.');

/** A plugin as the configuration asks for it. */
export type PluginUse = z.output<typeof pluginUseSchema>;
export type SearchUse = PluginUse & { layer: SearchLayerOptions };
export type RewardUse = z.output<typeof rewardUseSchema>;
