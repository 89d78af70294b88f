import type { PluginDefinition, PluginKind } from '../contract/index.js';

/** Marks a default export as a Turnwise plugin; a registered symbol, so that it survives two copies of the core. */
export const pluginBrand: unique symbol = Symbol.for('turnwise.plugin') as never;

/** A plugin definition carrying the brand. */
export type Plugin<Kind extends PluginKind = PluginKind, Options = unknown> = PluginDefinition<Kind, Options> & {
  readonly [pluginBrand]: true;
};

type Declaration<Kind extends PluginKind, Options> = Omit<PluginDefinition<Kind, Options>, 'kind' | 'apiVersion'>;

function define<Kind extends PluginKind>(kind: Kind) {
  return <Options>(declaration: Declaration<Kind, Options>): Plugin<Kind, Options> =>
    Object.freeze({ ...declaration, kind, apiVersion: 1 as const, [pluginBrand]: true as const });
}

/** Declares a policy plugin; its package's default export. */
export const definePolicy = define('policy');
/** Declares a search-tool plugin. */
export const defineSearchTool = define('search');
/** Declares a reward plugin. */
export const defineReward = define('reward');
/** Declares an advantage plugin. */
export const defineAdvantage = define('advantage');
/** Declares a protocol plugin. */
export const defineProtocol = define('protocol');
/** Declares a tracker plugin. */
export const defineTracker = define('tracker');
