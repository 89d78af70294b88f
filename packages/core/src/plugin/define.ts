import type { PluginDefinition, PluginKind, RewardShaperV1 } from '../contract/index.js';

/** Marks a default export as a Turnwise plugin; a registered symbol, so that it survives two copies of the core. */
export const pluginBrand: unique symbol = Symbol.for('turnwise.plugin') as never;

/** A plugin definition carrying the brand. */
export type Plugin<Kind extends PluginKind = PluginKind, Options = unknown> = PluginDefinition<Kind, Options> & {
  readonly [pluginBrand]: true;
};

type Declaration<Kind extends PluginKind, Options> = Omit<PluginDefinition<Kind, Options>, 'kind' | 'apiVersion'>;

/** A reward as it was declared for interface 1. */
type RewardDeclarationV1<Options> = Omit<Declaration<'reward', Options>, 'create'> & {
  readonly apiVersion?: 1;
  create(
    ...parameters: Parameters<PluginDefinition<'reward', Options>['create']>
  ): Promise<RewardShaperV1> | RewardShaperV1;
};

/** Built plugins call these functions of whichever core is installed: what they leave out must go on meaning version 1. */
function branded(kind: PluginKind, declaration: { readonly apiVersion?: number }): never {
  return Object.freeze({ apiVersion: 1, ...declaration, kind, [pluginBrand]: true as const }) as never;
}

function define<Kind extends PluginKind>(kind: Kind) {
  return <Options>(declaration: Declaration<Kind, Options> & { readonly apiVersion?: 1 }): Plugin<Kind, Options> =>
    branded(kind, declaration);
}

/** Declares a policy plugin; its package's default export. */
export const definePolicy = define('policy');
/** Declares a search-tool plugin. */
export const defineSearchTool = define('search');
/** Declares an advantage plugin. */
export const defineAdvantage = define('advantage');
/** Declares a protocol plugin. */
export const defineProtocol = define('protocol');
/** Declares a tracker plugin. */
export const defineTracker = define('tracker');

/** Declares a reward plugin for interface 2: `shape(group, { signal, step })`. */
export function defineReward<Options>(
  declaration: Declaration<'reward', Options> & { readonly apiVersion: 2 },
): Plugin<'reward', Options>;
/** Declares a reward plugin for interface 1, without `apiVersion`: `shape(group, signal)`. */
// eslint-disable-next-line @typescript-eslint/unified-signatures -- a union would leave the parameters of `shape` untyped
export function defineReward<Options>(declaration: RewardDeclarationV1<Options>): Plugin<'reward', Options>;
export function defineReward<Options>(declaration: { readonly apiVersion?: number }): Plugin<'reward', Options> {
  return branded('reward', declaration);
}
