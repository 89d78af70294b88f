import { TurnwiseError } from '../errors/index.js';
import { formatPath, isWithin, showValue, valueAt, type ConfigPath } from '../schema/index.js';
import type { SetOption } from './set-option.js';
import { builtinStrategies, defaultStrategy } from './strategies.js';

type Settings = Record<string | number, unknown>;

const isContainer = (value: unknown): value is Settings => typeof value === 'object' && value !== null;

/**
 * Applies `--set` options to a configuration as read; the file's own value is not changed. The command line wins:
 *
 * - `strategy` drops the file's explicit `reward` and `advantage`;
 * - `reward` or `advantage`, or anything below them, first replaces the strategy by the pair it stands for, so that
 *   `--set strategy=tspo --set reward.with.alpha=0.3` is TSPO with another alpha;
 * - `*.use` with another plugin drops the `with` that belonged to the former one;
 * - `data.train.world` and its like drop the `file` beside them, and the other way round.
 *
 * Applied in this order: `strategy`, whole sections, then what lies inside them; the later of two equals wins.
 */
export function applySetOptions(value: unknown, options: readonly SetOption[]): unknown {
  if (!isContainer(value) || Array.isArray(value)) return value;
  const result = copyOf(value) as Settings;
  const rank = ({ path }: SetOption): number => {
    if (path[0] === 'strategy' || path[0] === 'strategies') return 0;
    return path.length + (['use', 'world', 'file'].includes(String(path.at(-1))) ? 0 : 0.5);
  };
  const ordered = [...options].sort((left, right) => rank(left) - rank(right));
  for (const option of ordered) {
    const head = option.path[0];
    if (head === 'strategy') {
      delete result['reward'];
      delete result['advantage'];
    } else if (head === 'reward' || head === 'advantage') {
      expandStrategy(result);
      fitReward(result, option.path);
    }
    dropWhatBelongedToTheFormer(result, option);
    assign(result, option);
  }
  return result;
}

/** Replaces a known strategy by its pair; an unknown one stays and is reported by the check that follows. */
function expandStrategy(settings: Settings): void {
  if (settings['reward'] !== undefined || settings['advantage'] !== undefined) return;
  const name = settings['strategy'] ?? defaultStrategy;
  if (typeof name !== 'string') return;
  const pair = valueAt(settings['strategies'], [name]) ?? valueAt(builtinStrategies, [name]);
  if (!isContainer(pair)) return;
  delete settings['strategy'];
  Object.assign(settings, copyOf(pair));
}

/** One reward may be written with or without a list around it: `reward.with.alpha` and `reward[0].weight` both work. */
function fitReward(settings: Settings, [, index]: ConfigPath): void {
  const { reward } = settings;
  if (typeof index === 'number' && isContainer(reward) && !Array.isArray(reward)) settings['reward'] = [reward];
  if (typeof index === 'string' && Array.isArray(reward) && reward.length === 1) settings['reward'] = reward[0];
}

function dropWhatBelongedToTheFormer(settings: Settings, { path, value }: SetOption): void {
  const parent = valueAt(settings, path.slice(0, -1));
  if (!isContainer(parent)) return;
  const key = path.at(-1);
  if (key === 'use' && parent['use'] !== value) delete parent['with'];
  if (path[0] !== 'data' && path[0] !== 'corpus') return;
  const others: Record<string, readonly string[]> = {
    world: ['file', 'limit', 'split'],
    file: ['world', 'difficulty', 'seed', 'questions'],
  };
  for (const other of others[String(key)] ?? []) Reflect.deleteProperty(parent, other);
}

function assign(settings: Settings, option: SetOption): void {
  let parent = settings;
  option.path.slice(0, -1).forEach((part, index) => {
    assertIndex(parent, part, option, index);
    if (!Object.hasOwn(parent, part) || parent[part] === undefined || parent[part] === null) parent[part] = {};
    const next = parent[part];
    if (!isContainer(next)) {
      const place = formatPath(option.path.slice(0, index + 1));
      throw usage(option, `${place} is ${showValue(next)}, which has no keys.`);
    }
    parent = next;
  });
  const last = option.path.at(-1) as string | number;
  assertIndex(parent, last, option, option.path.length - 1);
  parent[last] = option.value;
}

/** A list may be changed within its length or made longer by one; it has no other keys. */
function assertIndex(parent: Settings, part: string | number, option: SetOption, depth: number): void {
  if (!Array.isArray(parent) || (typeof part === 'number' && part <= parent.length)) return;
  const place = formatPath(option.path.slice(0, depth));
  throw usage(option, `${place} is a list of ${parent.length}; expected an index from 0 to ${parent.length}.`);
}

function usage(option: SetOption, reason: string): TurnwiseError {
  return new TurnwiseError('CONFIG_USAGE', `${option.typed}: ${reason}`, { where: option.typed });
}

/** The last option that set `path` or something around it. */
export function setOptionFor(options: readonly SetOption[], path: ConfigPath): SetOption | undefined {
  return options.findLast((option) => isWithin(path, option.path));
}

/** Copies objects and lists; an imported plugin (anything with a prototype of its own or a symbol key) stays itself. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isContainer(value) || Object.getOwnPropertySymbols(value).length > 0) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}
