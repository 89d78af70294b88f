import { randomStream, type Logger, type Passage, type PluginContext, type PolicyScorer } from '@turnwise/core';

/** What a test may say about the world around a plugin. */
export interface TestContextSettings {
  /** Seed of `random`. Default 1. */
  readonly seed?: number;
  /** Passages of the run. Default {@link testPassages}. */
  readonly corpus?: readonly Passage[];
  /** Folder for `paths.cache` and `paths.base`. Default: the system's folder for temporary files. */
  readonly folder?: string;
  /** Ends the run. Default: never. */
  readonly signal?: AbortSignal;
  /** Called with what the plugin logs. Default: forgotten. */
  readonly log?: (level: keyof Logger, message: string) => void;
  /** Called with what the plugin measures. Default: forgotten. */
  readonly measured?: (name: string, value: number) => void;
}

/** A small corpus about people and places that do not exist. */
export const testPassages: readonly Passage[] = [
  { id: 'p1', title: 'Velkar', text: 'Velkar was written by Tinvek.' },
  { id: 'p2', title: 'Tinvek', text: 'Tinvek was born in Dormun in 1871.' },
  { id: 'p3', title: 'Dormun', text: 'Dormun is the twin town of Kalsa, and lies on the river Ösk.' },
  { id: 'p4', title: 'Kalsa', text: 'Kalsa has 12,400 inhabitants.' },
  { id: 'p5', title: '', text: 'A passage without a title tells of the river Ösk.' },
];

/**
 * The world of a plugin, for tests: seeded, silent, with a small corpus, and with a scorer that stands in for a policy
 * (a character is a token, and its log-probability depends on it and on where it stands).
 */
export function testContext(settings: TestContextSettings = {}): PluginContext {
  const { seed = 1, corpus = testPassages, folder = process.env['TMPDIR'] ?? '/tmp', log, measured } = settings;
  const at = (level: keyof Logger) => (message: string) => log?.(level, message);
  return {
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    random: randomStream(seed, 'testkit'),
    signal: settings.signal ?? new AbortController().signal,
    clock: { now: () => 1_700_000_000_000 },
    metrics: { record: (name, value) => measured?.(name, value) },
    paths: { cache: folder, base: folder },
    corpus,
    scorer: () => Promise.resolve(standInScorer),
    resolveAsset: () => null,
  };
}

const standInScorer: PolicyScorer = {
  tokenizer: {
    encode: (text) => Array.from(text, (character) => character.codePointAt(0) ?? 0),
    decode: (tokenIds) => String.fromCodePoint(...tokenIds),
  },
  score: (requests) =>
    Promise.resolve(
      requests.map(({ tokenIds, from }) =>
        Array.from({ length: tokenIds.length - from }, (_, offset) => {
          const position = from + offset;
          return -0.1 - (((tokenIds[position] ?? 0) * 31 + position * 7) % 97) / 50;
        }),
      ),
    ),
};
