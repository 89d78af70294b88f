import { suggestion } from '../errors/index.js';
import { valueAt, type ConfigIssue } from '../schema/index.js';
import { runSchema } from './run-schema.js';
import { builtinStrategies, defaultStrategy, type StrategyPair } from './strategies.js';

export interface ResolvedStrategy extends StrategyPair {
  /** `custom` when reward and advantage are spelled out. */
  readonly name: string;
}

const { strategy: nameSchema, strategies, reward: rewardSchema, advantage: advantageSchema } = runSchema.shape;

/**
 * Finds the pair of reward and advantage: the named strategy, or the explicit pair, never both. Works on the raw
 * configuration, so that its issues are reported together with those of the schema. No strategy and no issues: the
 * schema has something to say about the same keys.
 */
export function resolveStrategy(raw: unknown): { strategy: ResolvedStrategy | null; issues: ConfigIssue[] } {
  const named = valueAt(raw, ['strategy']);
  const explicit = (['reward', 'advantage'] as const).filter((key) => valueAt(raw, [key]) !== undefined);
  if (named !== undefined && explicit.length > 0) {
    const message = `cannot stand beside ${explicit.join(' and ')}: a strategy is a pair of reward and advantage. Keep one.`;
    return { strategy: null, issues: [{ path: ['strategy'], at: 'key', message }] };
  }
  if (explicit.length === 1) {
    const missing = explicit[0] === 'reward' ? 'advantage' : 'reward';
    const message = `is missing: ${explicit[0]} needs it beside it. Or name a strategy instead of both.`;
    return { strategy: null, issues: [{ path: [missing], at: 'value', message }] };
  }
  if (explicit.length === 2) {
    const reward = rewardSchema.safeParse(valueAt(raw, ['reward']));
    const advantage = advantageSchema.safeParse(valueAt(raw, ['advantage']));
    if (!reward.data || !advantage.data) return { strategy: null, issues: [] };
    return { strategy: { name: 'custom', reward: reward.data, advantage: advantage.data }, issues: [] };
  }
  const own = strategies.safeParse(valueAt(raw, ['strategies']));
  const name = nameSchema.safeParse(named);
  if (!own.success || !name.success) return { strategy: null, issues: [] };
  return find(name.data ?? defaultStrategy, own.data);
}

function find(name: string, own: Readonly<Record<string, StrategyPair>>): ReturnType<typeof resolveStrategy> {
  const taken = Object.keys(own).filter((key) => Object.hasOwn(builtinStrategies, key));
  if (taken.length > 0) {
    const issues = taken.map((key) => ({
      path: ['strategies', key],
      at: 'key' as const,
      message: 'is the name of a built-in strategy. Choose another.',
    }));
    return { strategy: null, issues };
  }
  const all = { ...builtinStrategies, ...own };
  const pair = valueAt(all, [name]) as StrategyPair | undefined;
  if (pair !== undefined) return { strategy: { name, ...pair }, issues: [] };
  const names = Object.keys(all);
  const message = `names no strategy: got ${JSON.stringify(name)}.${suggestion(name, names)} Known: ${names.join(', ')}.`;
  return { strategy: null, issues: [{ path: ['strategy'], at: 'value', message }] };
}
